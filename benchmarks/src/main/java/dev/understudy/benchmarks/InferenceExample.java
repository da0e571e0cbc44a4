package dev.understudy.benchmarks;

import dev.understudy.models.SyntheticModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A request that costs the model next to nothing, and its right answer: FP32[1, 1024] in, FP32[1, 10] out, both in binary.
/// Immutable.
///
/// @param body      JSON, then the input's bytes
/// @param jsonBytes how much of it is JSON
/// @param answer    the output's bytes
record InferenceExample(ByteBuffer body, int jsonBytes, ByteBuffer answer) {
    static final String MODEL = "trivial";
    static final String PATH = "/v2/models/" + MODEL + "/infer";
    private static final int INPUT_FLOATS = 1024;
    private static final int OUTPUT_FLOATS = 10;
    private static final String JSON = """
            {"inputs":[{"name":"input","shape":[1,1024],"datatype":"FP32","parameters":{"binary_data_size":4096}}],\
            "outputs":[{"name":"output","parameters":{"binary_data":true}}]}""";

    static byte[] model() {
        return SyntheticModels.trivial(INPUT_FLOATS, OUTPUT_FLOATS);
    }

    static InferenceExample make() {
        byte[] json = JSON.getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(json.length + INPUT_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        body.put(json);
        for (int i = 0; i < INPUT_FLOATS; i++) {
            body.putFloat((float) Math.sin(i));
        }
        body.flip();
        return new InferenceExample(body, json.length, body.slice(json.length, OUTPUT_FLOATS * Float.BYTES));
    }

    /// Where the model's file lies in a [Stage].
    static Path modelFile(Stage stage) {
        return stage.repository().resolve(MODEL).resolve("1.onnx");
    }

    /// True when this is a whole and right answer to the request.
    boolean isAnsweredBy(HttpAnswer given) {
        int bodyBytes = given.body().remaining();
        int jsonBytes = Integer.parseInt(given.headers().getOrDefault("inference-header-content-length", "-1"));
        return given.status() == 200 && jsonBytes > 0 && jsonBytes == bodyBytes - answer.remaining()
                && given.body().slice(jsonBytes, answer.remaining()).equals(answer);
    }
}
