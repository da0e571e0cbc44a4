package dev.understudy.benchmarks.lane;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/// A model run row by row with ONNX Runtime's own Java API, as an application does it. Thread-safe.
///
/// One thread a run and no spinning, which is kinder to whoever runs beside it than the defaults are.
final class RowSession implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            "understudy");
    private final OrtSession session;
    private final String input;
    private final String output;
    private final long[] shape;

    /// @param shape of one row
    RowSession(byte[] model, String input, String output, long[] shape) throws OrtException {
        this.input = input;
        this.output = output;
        this.shape = shape.clone();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.addConfigEntry("session.inter_op.allow_spinning", "0");
            session = environment.createSession(model, options);
        }
    }

    /// Runs one row and returns the output's floats.
    float[] run(float[] row) throws OrtException {
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(row), shape);
                OrtSession.Result result = session.run(Map.of(input, tensor), Set.of(output))) {
            FloatBuffer floats = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] answer = new float[floats.remaining()];
            floats.get(answer);
            return answer;
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
