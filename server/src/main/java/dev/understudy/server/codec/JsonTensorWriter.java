package dev.understudy.server.codec;

import dev.understudy.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/// Writes a tensor's elements as flat JSON, or says why JSON cannot hold them. Stateless, thread-safe.
final class JsonTensorWriter {
    private static final String ADVICE = ": ask for this output with the parameter 'binary_data': true";

    private JsonTensorWriter() {}

    static void write(JsonBuffer json, Tensor tensor) throws Refusal {
        ByteBuffer data = tensor.data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        switch (tensor.datatype()) {
            case FP16, BF16 -> throw refuse(tensor, "sending " + tensor.datatype() + " data via JSON is not supported");
            case FP32 -> floats(json, tensor, data);
            case FP64 -> doubles(json, tensor, data);
            case BYTES -> strings(json, tensor, data);
            default -> integers(json, tensor, data);
        }
    }

    private static void integers(JsonBuffer json, Tensor tensor, ByteBuffer data) {
        while (data.hasRemaining()) {
            json.separator();
            switch (tensor.datatype()) {
                case BOOL -> json.bool(data.get() != 0);
                case INT8 -> json.number(data.get());
                case UINT8 -> json.number(Byte.toUnsignedLong(data.get()));
                case INT16 -> json.number(data.getShort());
                case UINT16 -> json.number(Short.toUnsignedLong(data.getShort()));
                case INT32 -> json.number(data.getInt());
                case UINT32 -> json.number(Integer.toUnsignedLong(data.getInt()));
                case INT64 -> json.number(data.getLong());
                case UINT64 -> unsigned(json, data.getLong());
                case FP16, BF16, FP32, FP64, BYTES ->
                    throw new IllegalStateException("not an integer: " + tensor.datatype());
            }
        }
    }

    private static void unsigned(JsonBuffer json, long value) {
        if (value >= 0) {
            json.number(value);
        } else {
            json.raw(Long.toUnsignedString(value));
        }
    }

    private static void floats(JsonBuffer json, Tensor tensor, ByteBuffer data) throws Refusal {
        while (data.hasRemaining()) {
            float value = data.getFloat();
            if (!Float.isFinite(value)) {
                throw notFinite(tensor, value);
            }
            json.separator().number(value);
        }
    }

    private static void doubles(JsonBuffer json, Tensor tensor, ByteBuffer data) throws Refusal {
        while (data.hasRemaining()) {
            double value = data.getDouble();
            if (!Double.isFinite(value)) {
                throw notFinite(tensor, value);
            }
            json.separator().number(value);
        }
    }

    private static void strings(JsonBuffer json, Tensor tensor, ByteBuffer data) throws Refusal {
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        for (long element = 0; data.hasRemaining(); element++) {
            int length = data.getInt();
            try {
                CharBuffer text = utf8.decode(data.slice(data.position(), length));
                json.separator().string(text.toString());
            } catch (CharacterCodingException e) {
                throw refuse(tensor, "element " + element + " is not UTF-8 text, which JSON needs");
            }
            data.position(data.position() + length);
        }
    }

    private static Refusal notFinite(Tensor tensor, double value) {
        return refuse(tensor, "holds " + value + ", which JSON has no number for");
    }

    private static Refusal refuse(Tensor tensor, String message) {
        return new Refusal("output '" + tensor.name() + "': " + message + ADVICE);
    }
}
