package dev.understudy.models;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Thread-safe. Trains every digit model and writes it, the committed repository, the challengers and the sample
/// request, byte for byte as committed.
public final class Generate {
    static final String CHAMPION = "repository/digits/1.onnx";

    private static final int MISLABELLED = 8;
    private static final int MISTAKEN_FOR = 3;
    private static final int MISLABELLED_EVERY = 3;

    private Generate() {}

    /// Writes all files under the folder given as the only argument, replacing those of the same name.
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("one argument is needed: the folder to write to");
        }
        SortedMap<String, byte[]> files = files(Digits.load());
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = Path.of(arguments[0]).resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        System.out.println(files.size() + " files written");
    }

    /// All files by their path relative to the module.
    static SortedMap<String, byte[]> files(Digits digits) {
        Scorer.Linear champion = Training.weights(Training.logisticRegression(digits.training()));
        byte[] championFile = champion.onnx("champion");
        SortedMap<String, byte[]> files = new TreeMap<>();
        files.put(CHAMPION, championFile);
        files.put("requests/digit.json", request(digits.heldOut().getFirst()));
        files.put("challengers/better.onnx",
                Training.weights(Training.factorisationMachine(digits.training())).onnx("better"));
        files.put("challengers/equal.onnx",
                new Scorer.HalfPrecision(champion.weights(), champion.biases()).onnx("equal"));
        files.put("challengers/worse-on-eight.onnx",
                Training.weights(Training.logisticRegression(mislabelled(digits.training()))).onnx("worse-on-eight"));
        files.put("challengers/broken/garbage.onnx", BrokenModels.garbage());
        files.put("challengers/broken/truncated.onnx", BrokenModels.truncated(championFile));
        files.put("challengers/broken/wrong-input.onnx", BrokenModels.wrongInput());
        files.put("challengers/broken/wrong-datatype.onnx", BrokenModels.wrongDatatype());
        files.put("challengers/broken/wrong-output.onnx", BrokenModels.wrongOutput());
        files.put("challengers/broken/nine-classes.onnx", BrokenModels.nineClasses());
        files.put("challengers/broken/fails-to-load.onnx", BrokenModels.failsToLoad());
        files.put("challengers/broken/crashes.onnx", BrokenModels.crashes());
        files.put("challengers/faulty/returns-nan.onnx", FaultyModels.returnsNan(champion));
        files.put("challengers/faulty/throws.onnx", FaultyModels.throwsAtRunTime(champion));
        files.put("challengers/faulty/other-shape.onnx", FaultyModels.otherShape(champion));
        files.put("challengers/faulty/slow.onnx", FaultyModels.slow(champion));
        return files;
    }

    /// The training digits as a careless annotator would label them: every third eight is called a three.
    static List<Digit> mislabelled(List<Digit> digits) {
        List<Integer> eights = digits.stream()
                .filter(digit -> digit.label() == MISLABELLED)
                .map(Digit::row)
                .toList();
        return digits.stream()
                .map(digit -> digit.label() == MISLABELLED && eights.indexOf(digit.row()) % MISLABELLED_EVERY == 0
                        ? new Digit(digit.row(), MISTAKEN_FOR, digit.pixels())
                        : digit)
                .toList();
    }

    private static byte[] request(Digit digit) {
        StringBuilder pixels = new StringBuilder();
        float[] values = digit.pixels();
        for (int i = 0; i < values.length; i++) {
            pixels.append(i == 0 ? "" : i % 8 == 0 ? ",\n               " : ", ").append((int) values[i]);
        }
        return """
                {
                  "id": "digit-row-%d-label-%d",
                  "inputs": [
                    {
                      "name": "%s",
                      "datatype": "FP32",
                      "shape": [1, %d],
                      "data": [%s]
                    }
                  ]
                }
                """.formatted(digit.row(), digit.label(), Scorer.IMAGE, values.length, pixels)
                .getBytes(StandardCharsets.UTF_8);
    }
}
