package dev.understudy.server.management;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// A tensor as the API writes it: name, datatype, shape, and its elements flat in row-major order.
final class TensorJson {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private TensorJson() {}

    /// Writes the tensor with its first elements, `elementsMax` at most.
    static void write(JsonGenerator json, Tensor tensor, int elementsMax) throws IOException {
        Shape shape = tensor.shape();
        json.writeStartObject();
        json.writeStringField("name", tensor.name());
        json.writeStringField("datatype", tensor.datatype().name());
        json.writeArrayFieldStart("shape");
        for (int axis = 0; axis < shape.rank(); axis++) {
            json.writeNumber(shape.dim(axis));
        }
        json.writeEndArray();
        json.writeNumberField("elements", shape.elements());
        json.writeArrayFieldStart("data");
        int count = (int) Math.min(shape.elements(), elementsMax);
        if (tensor.datatype().isFixedSize()) {
            for (int index = 0; index < count; index++) {
                element(json, tensor, (long) index * tensor.datatype().byteSize());
            }
        } else {
            strings(json, tensor.data(), count);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void element(JsonGenerator json, Tensor tensor, long offset) throws IOException {
        MemorySegment data = tensor.data();
        switch (tensor.datatype()) {
            case BOOL -> json.writeBoolean(data.get(ValueLayout.JAVA_BYTE, offset) != 0);
            case INT8 -> json.writeNumber(data.get(ValueLayout.JAVA_BYTE, offset));
            case UINT8 -> json.writeNumber(Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, offset)));
            case INT16 -> json.writeNumber(data.get(SHORT, offset));
            case UINT16 -> json.writeNumber(Short.toUnsignedInt(data.get(SHORT, offset)));
            case INT32 -> json.writeNumber(data.get(INT, offset));
            case UINT32 -> json.writeNumber(Integer.toUnsignedLong(data.get(INT, offset)));
            case INT64 -> json.writeNumber(data.get(LONG, offset));
            case UINT64 -> json.writeNumber(new BigInteger(Long.toUnsignedString(data.get(LONG, offset))));
            case FP16 -> json.writeNumber(Float.float16ToFloat(data.get(SHORT, offset)));
            case BF16 -> json.writeNumber(Float.intBitsToFloat(data.get(SHORT, offset) << 16));
            case FP32 -> json.writeNumber(Float.intBitsToFloat(data.get(INT, offset)));
            case FP64 -> json.writeNumber(Double.longBitsToDouble(data.get(LONG, offset)));
            case BYTES -> throw new IllegalStateException("BYTES has no fixed size");
        }
    }

    /// A string that is UTF-8 as text, any other as an object that says so.
    private static void strings(JsonGenerator json, MemorySegment data, int count) throws IOException {
        long offset = 0;
        for (int index = 0; index < count; index++) {
            int length = data.get(INT, offset);
            byte[] bytes = data.asSlice(offset + Integer.BYTES, length).toArray(ValueLayout.JAVA_BYTE);
            offset += Integer.BYTES + (long) length;
            try {
                json.writeString(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
            } catch (CharacterCodingException e) {
                json.writeStartObject();
                json.writeStringField("base64", Base64.getEncoder().encodeToString(bytes));
                json.writeEndObject();
            }
        }
    }
}
