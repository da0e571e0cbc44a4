package dev.understudy.server.codec;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Encodes answers in the protocol's JSON form and its binary tensor data extension. Stateless, thread-safe.
public final class AnswerEncoder {
    private static final byte[] MODEL_NAME = ascii("{\"model_name\":");
    private static final byte[] MODEL_VERSION = ascii(",\"model_version\":");
    private static final byte[] ID = ascii(",\"id\":");
    private static final byte[] OUTPUTS = ascii(",\"outputs\":[");
    private static final byte[] NAME = ascii("{\"name\":");
    private static final byte[] DATATYPE = ascii(",\"datatype\":\"");
    private static final byte[] SHAPE = ascii("\",\"shape\":[");
    private static final byte[] BINARY_BYTES = ascii("],\"parameters\":{\"binary_data_size\":");
    private static final byte[] DATA = ascii("],\"data\":[");
    private static final int ENVELOPE_BYTES_HINT = 128;
    private static final int OUTPUT_BYTES_HINT = 128;
    /// A JSON answer starts no larger than this; it grows.
    private static final long JSON_BYTES_HINT_MAX = 1 << 20;

    private AnswerEncoder() {}

    /// Encodes an answer.
    ///
    /// @param id the client's id to echo, or null
    public static Encoding encode(InferenceResponse response, @Nullable String id, AnswerForm form) {
        JsonBuffer json = new JsonBuffer(bytesHint(response, form));
        List<Tensor> binaries = new ArrayList<>(response.outputs().size());
        json.raw(MODEL_NAME).string(response.model()).raw(MODEL_VERSION).string(response.version());
        if (id != null) {
            json.raw(ID).string(id);
        }
        json.raw(OUTPUTS);
        try {
            for (Tensor output : response.outputs()) {
                json.separator();
                head(json, output);
                if (form.isBinary(output.name())) {
                    json.raw(BINARY_BYTES).number(output.byteSize()).raw('}').raw('}');
                    binaries.add(output);
                } else {
                    json.raw(DATA);
                    JsonTensorWriter.write(json, output);
                    json.raw(']').raw('}');
                }
            }
        } catch (Refusal refusal) {
            return new Encoding.Refused(InferenceFailure.invalid(refusal.sentence()));
        }
        json.raw(']').raw('}');
        return new Encoding.Encoded(json.toByteBuffer(), binaries, !binaries.isEmpty());
    }

    /// An estimate of the bytes that an answer's JSON will take; what is sent in binary does not count.
    public static int bytesHint(InferenceResponse response, AnswerForm form) {
        long bytes = ENVELOPE_BYTES_HINT;
        for (Tensor output : response.outputs()) {
            bytes += OUTPUT_BYTES_HINT + (form.isBinary(output.name()) ? 0 : 3 * output.byteSize());
        }
        return (int) Math.min(JSON_BYTES_HINT_MAX, bytes);
    }

    private static void head(JsonBuffer json, Tensor output) {
        json.raw(NAME).string(output.name()).raw(DATATYPE).raw(output.datatype().name()).raw(SHAPE);
        Shape shape = output.shape();
        for (int axis = 0; axis < shape.rank(); axis++) {
            json.separator().number(shape.dim(axis));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
