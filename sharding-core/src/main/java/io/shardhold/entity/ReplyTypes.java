package io.shardhold.entity;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out which answer a request expects: what its {@code ReplyTo<X>} says. */
final class ReplyTypes {
    private ReplyTypes() {}

    /** The X of the request's only kind of {@code ReplyTo<X>}; Object if there is none, or several differ. */
    static JavaType of(Class<?> request, TypeFactory types) {
        Set<JavaType> found = new LinkedHashSet<>();
        JavaType level = types.constructType(request);
        while (level != null && level.getRawClass() != Object.class) {
            for (Field field : level.getRawClass().getDeclaredFields()) {
                JavaType answer = Modifier.isStatic(field.getModifiers()) ? null : answerOf(field, level, types);
                if (answer != null) {
                    found.add(answer);
                }
            }
            level = level.getSuperClass();
        }
        return found.size() == 1 ? found.iterator().next() : TypeFactory.unknownType();
    }

    private static @Nullable JavaType answerOf(Field field, JavaType owner, TypeFactory types) {
        if (!ReplyTo.class.isAssignableFrom(field.getType())) {
            return null;
        }
        JavaType address = types.resolveMemberType(field.getGenericType(), owner.getBindings());
        JavaType[] arguments = types.findTypeParameters(address, ReplyTo.class);
        return arguments != null && arguments.length == 1 ? arguments[0] : TypeFactory.unknownType();
    }
}
