package dev.understudy.models;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Not thread-safe; owned by one test. A model as ONNX Runtime sees it, with one input and one output.
final class OrtModel implements AutoCloseable {
    private static final OrtEnvironment ENVIRONMENT = OrtEnvironment
            .getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "models");

    private final OrtSession session;

    OrtModel(byte[] file) throws OrtException {
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            session = ENVIRONMENT.createSession(file, options);
        }
    }

    /// The only input and the only output, as `name type shape`.
    List<String> signature() throws OrtException {
        return List.of(describe(session.getInputInfo()), describe(session.getOutputInfo()));
    }

    /// Runs the rows as one batch.
    float[][] run(float[]... rows) throws OrtException {
        return (float[][]) runAny(rows);
    }

    /// Runs any FP32 array of arrays and gives the only output as one.
    Object runAny(Object input) throws OrtException {
        try (OnnxTensor tensor = OnnxTensor.createTensor(ENVIRONMENT, input);
                OrtSession.Result result = session.run(Map.of(session.getInputNames().iterator().next(), tensor))) {
            return result.get(0).getValue();
        }
    }

    float[][] run(List<Digit> digits) throws OrtException {
        return run(digits.stream().map(Digit::pixels).toArray(float[][]::new));
    }

    /// The label with the highest value, by row.
    int[] answers(List<Digit> digits) throws OrtException {
        float[][] rows = run(digits);
        int[] answers = new int[rows.length];
        for (int row = 0; row < rows.length; row++) {
            for (int label = 1; label < rows[row].length; label++) {
                answers[row] = rows[row][label] > rows[row][answers[row]] ? label : answers[row];
            }
        }
        return answers;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }

    private static String describe(Map<String, NodeInfo> values) {
        var value = values.values().iterator().next();
        var info = (TensorInfo) value.getInfo();
        return value.getName() + " " + info.type + " " + Arrays.toString(info.getShape());
    }
}
