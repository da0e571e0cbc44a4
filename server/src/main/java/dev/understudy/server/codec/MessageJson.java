package dev.understudy.server.codec;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;

/// A protobuf message as Triton writes it in JSON: fields under their own names, 64-bit integers as numbers, and values
/// that nobody set with their defaults, as clients expect to find them. For messages without maps and bytes. Stateless,
/// thread-safe.
public final class MessageJson {
    private static final int BYTES_HINT = 1024;

    private MessageJson() {}

    public static JsonBuffer of(Message message) {
        JsonBuffer json = new JsonBuffer(BYTES_HINT);
        write(json, message);
        return json;
    }

    private static void write(JsonBuffer json, Message message) {
        json.raw('{');
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isMapField()) {
                json.field(field.getName()).raw("{}");
            } else if (field.isRepeated()) {
                json.field(field.getName()).raw('[');
                for (Object value : (List<?>) message.getField(field)) {
                    json.separator();
                    value(json, field, value);
                }
                json.raw(']');
            } else if (!field.hasPresence() || message.hasField(field)) {
                value(json.field(field.getName()), field, message.getField(field));
            }
        }
        json.raw('}');
    }

    private static void value(JsonBuffer json, FieldDescriptor field, Object value) {
        switch (value) {
            case Message message -> write(json, message);
            case EnumValueDescriptor constant -> json.string(constant.getName());
            case Boolean flag -> json.bool(flag);
            case Integer number -> json.number(field.getType() == FieldDescriptor.Type.UINT32
                    ? Integer.toUnsignedLong(number)
                    : number.longValue());
            case Long number -> json.number(number);
            case String text -> json.string(text);
            default -> throw new IllegalArgumentException("not written here: " + field.getFullName());
        }
    }
}
