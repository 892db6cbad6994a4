package io.shardhold.entity;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The concrete classes of a message type by their logical names; what cannot be written or read is refused here. */
final class MessageShape {
    private final Map<String, Class<?>> byName = new LinkedHashMap<>();
    private final Set<Class<?>> classes = new LinkedHashSet<>();
    private final Set<Class<?>> reached = new LinkedHashSet<>();

    private MessageShape() {}

    static MessageShape of(Class<?> messages) {
        MessageShape shape = new MessageShape();
        shape.add(messages, messages);
        shape.classes.forEach(shape::reach);
        return shape;
    }

    /**
     * The concrete classes of a sealed family.
     *
     * @throws IllegalArgumentException if it is open somewhere, or two have the same name
     */
    static Collection<Class<?>> membersOf(Class<?> family) {
        MessageShape shape = new MessageShape();
        shape.add(family, family);
        return shape.classes;
    }

    boolean isMessage(Class<?> type) {
        return classes.contains(type);
    }

    Collection<String> names() {
        return byName.keySet();
    }

    private void add(Class<?> type, Class<?> messages) {
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                add(permitted, messages);
            }
            if (Modifier.isAbstract(type.getModifiers())) {
                return;
            }
        }
        refuseUnlessConcrete(type, messages);
        if (!classes.add(type)) {
            return;
        }
        Class<?> before = byName.put(SealedNames.nameOf(type), type);
        if (before != null) {
            throw new IllegalArgumentException("two classes of " + messages.getName() + " have the name "
                    + SealedNames.nameOf(type) + ", which is what tells them apart on the wire: " + before.getName()
                    + " and " + type.getName() + "; rename one of them");
        }
    }

    private static void refuseUnlessConcrete(Class<?> type, Class<?> messages) {
        String remedy = "; a message type is a record, another concrete class, or a sealed interface of such"
                + " (for other types pass a MessageCodec)";
        boolean isValue = type.isPrimitive() || type.isArray();
        if (!isValue && Modifier.isAbstract(type.getModifiers())) {
            throw new IllegalArgumentException("Jackson cannot know all messages of " + messages.getName() + ": "
                    + type.getName() + " is open to unknown subclasses" + remedy);
        }
        if (isValue || type.isEnum() || type == Object.class) {
            throw new IllegalArgumentException(type.getName() + " cannot be a message of its own" + remedy);
        }
        if (type.getEnclosingClass() != null && !isStatic(type)) {
            throw new IllegalArgumentException(
                    type.getName()
                            + " needs an enclosing instance or block, which no other node has: make it a top-level or static class");
        }
    }

    private static boolean isStatic(Class<?> type) {
        return Modifier.isStatic(type.getModifiers());
    }

    /** Checks a message class, and the records that it is made of, for what Jackson may not touch. */
    private void reach(Class<?> type) {
        if (!reached.add(type)) {
            return;
        }
        refuseUnlessOpen(type);
        if (ReplyTypes.of(type, TypeFactory.defaultInstance()).hasRawClass(Void.class)) {
            throw new IllegalArgumentException(
                    type.getName()
                            + " expects a Void, which nobody can answer with: make it a ReplyTo<Boolean>, or an answer of your own");
        }
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                Class<?> part = component.getType();
                if (part.isRecord()) {
                    reach(part);
                }
            }
        }
    }

    private static void refuseUnlessOpen(Class<?> type) {
        Module module = type.getModule();
        Module jackson = ObjectMapper.class.getModule();
        String folder = type.getPackageName();
        boolean isOfJdk = type.getClassLoader() == null;
        boolean isReachable =
                module.isOpen(folder, jackson) || (module.isExported(folder, jackson) && isPublicThroughout(type));
        if (!isOfJdk && !isReachable) {
            throw new IllegalArgumentException(
                    "Jackson may not reach into " + type.getName() + ": its package " + folder
                            + " is not open in module " + module.getName() + "; add to the module-info.java of "
                            + module.getName() + ": opens " + folder + " to com.fasterxml.jackson.databind;");
        }
    }

    private static boolean isPublicThroughout(Class<?> type) {
        Class<?> enclosing = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers()) && (enclosing == null || isPublicThroughout(enclosing));
    }
}
