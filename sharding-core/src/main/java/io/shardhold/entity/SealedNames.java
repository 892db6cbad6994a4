package io.shardhold.entity;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.PropertyMetadata;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.introspect.VirtualAnnotatedMember;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.VirtualBeanPropertyWriter;
import com.fasterxml.jackson.databind.util.Annotations;
import com.fasterxml.jackson.databind.util.SimpleBeanPropertyDefinition;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Teaches Jackson sealed families: each concrete class of one is known by its simple name, in a property {@code "@type"}.
 *
 * <p>The property is written by the class itself, as a virtual one, and not by Jackson's typing: that would leave it out
 * wherever only the run-time class is known, as for the elements of a list that is somebody's answer. Families that users
 * annotated themselves are left to their annotations; those that put class names on the wire are refused.
 */
final class SealedNames extends JacksonAnnotationIntrospector {
    static final String PROPERTY = "@type";
    private static final long serialVersionUID = 1L;
    private static final JsonTypeInfo.Value BY_NAME = JsonTypeInfo.Value.construct(
            JsonTypeInfo.Id.NAME, JsonTypeInfo.As.EXISTING_PROPERTY, PROPERTY, null, false, Boolean.TRUE, Boolean.TRUE);

    /** What the class is called on the wire: its simple name, or what {@code JsonTypeName} says. */
    static String nameOf(Class<?> type) {
        JsonTypeName own = type.getAnnotation(JsonTypeName.class);
        return own == null || own.value().isEmpty() ? type.getSimpleName() : own.value();
    }

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        JsonTypeInfo.Value own = super.findPolymorphicTypeInfo(config, annotated);
        if (own == null) {
            return annotated instanceof AnnotatedClass type && isOfFamily(type.getRawType()) ? BY_NAME : null;
        }
        if (own.getIdType() == JsonTypeInfo.Id.CLASS || own.getIdType() == JsonTypeInfo.Id.MINIMAL_CLASS) {
            throw new IllegalArgumentException(annotated.getName()
                    + " is annotated to write names of classes, which no node reads: use JsonTypeInfo.Id.NAME");
        }
        return own;
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(Annotated annotated) {
        List<NamedType> own = super.findSubtypes(annotated);
        if (own != null
                || !(annotated instanceof AnnotatedClass type)
                || !type.getRawType().isSealed()) {
            return own;
        }
        List<NamedType> members = new ArrayList<>();
        for (Class<?> member : MessageShape.membersOf(type.getRawType())) {
            members.add(new NamedType(member));
        }
        return members;
    }

    @Override
    public @Nullable String findTypeName(AnnotatedClass type) {
        String own = super.findTypeName(type);
        return own != null || !isOfFamily(type.getRawType()) ? own : nameOf(type.getRawType());
    }

    @Override
    public void findAndAddVirtualProperties(
            MapperConfig<?> config, AnnotatedClass type, List<BeanPropertyWriter> properties) {
        super.findAndAddVirtualProperties(config, type, properties);
        if (BY_NAME.equals(findPolymorphicTypeInfo(config, type))) {
            properties.add(0, NameWriter.of(config, type, String.valueOf(findTypeName(type))));
        }
    }

    /** Whether the class is sealed and abstract, or below such a class. */
    private static boolean isOfFamily(@Nullable Class<?> type) {
        if (type == null || type == Object.class) {
            return false;
        }
        if (type.isSealed() && Modifier.isAbstract(type.getModifiers()) && !type.isEnum()) {
            return true;
        }
        for (Class<?> parent : type.getInterfaces()) {
            if (isOfFamily(parent)) {
                return true;
            }
        }
        return isOfFamily(type.getSuperclass());
    }

    /** Writes the name as if it were a property of the object. */
    private static final class NameWriter extends VirtualBeanPropertyWriter {
        private static final long serialVersionUID = 1L;
        private final String name;

        private NameWriter(String name, BeanPropertyDefinition definition, Annotations annotations, JavaType text) {
            super(definition, annotations, text);
            this.name = name;
        }

        static NameWriter of(MapperConfig<?> config, AnnotatedClass type, String name) {
            JavaType text = config.constructType(String.class);
            VirtualAnnotatedMember member = new VirtualAnnotatedMember(type, type.getRawType(), PROPERTY, text);
            BeanPropertyDefinition definition = SimpleBeanPropertyDefinition.construct(
                    config,
                    member,
                    PropertyName.construct(PROPERTY),
                    PropertyMetadata.STD_REQUIRED,
                    JsonInclude.Include.ALWAYS);
            return new NameWriter(name, definition, type.getAnnotations(), text);
        }

        @Override
        protected Object value(Object bean, JsonGenerator generator, SerializerProvider provider) {
            return name;
        }

        @Override
        public VirtualBeanPropertyWriter withConfig(
                MapperConfig<?> config, AnnotatedClass type, BeanPropertyDefinition definition, JavaType text) {
            throw new IllegalStateException("made ready, never from an annotation");
        }
    }
}
