package dev.understudy.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/// The least that running a model from Java takes: one session, its input and its pinned output made once, and
/// `OrtSession.run`. Not thread-safe; owned by the thread that measures.
///
/// The session has the engine's own settings: one thread, no spinning.
final class BareRun implements AutoCloseable {
    private final OrtSession session;
    private final FloatBuffer answer;
    private final OnnxTensor input;
    private final OnnxTensor output;
    private final Map<String, OnnxTensor> feeds;
    private final Map<String, OnnxTensor> pins;

    /// A session of `model`, whose `input` and `output` are both FP32 and have these shapes.
    BareRun(byte[] model, float[] values, long[] inputShape, long[] outputShape) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
                "understudy");
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.addConfigEntry("session.inter_op.allow_spinning", "0");
            session = environment.createSession(model, options);
        }
        input = OnnxTensor.createTensor(environment, direct(values.length).put(values).rewind(), inputShape);
        answer = direct(Math.toIntExact(Arrays.stream(outputShape).reduce(1, Math::multiplyExact)));
        output = OnnxTensor.createTensor(environment, answer, outputShape);
        feeds = Map.of("input", input);
        pins = Map.of("output", output);
    }

    private static FloatBuffer direct(int floats) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES)).order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /// Runs once. The answer is overwritten by the next run.
    FloatBuffer run() throws OrtException {
        answer.put(0, Float.NaN);
        session.run(feeds, Set.of(), pins).close();
        return answer;
    }

    @Override
    public void close() throws OrtException {
        input.close();
        output.close();
        session.close();
    }
}
