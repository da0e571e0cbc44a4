package dev.understudy.benchmarks.gpu;

import ai.onnxruntime.OrtException;
import dev.understudy.benchmarks.lane.Subject;
import dev.understudy.models.SyntheticModels;
import java.util.Locale;

/// What bounds the models of a study. At full size they keep a large accelerator busy for a fraction of a millisecond;
/// halved a few times, a processor. The challenger is the champion's graph under other bytes, and so as large.
enum Workload {
    /// Multiplications of large matrices: one row is 256 tokens by 8 layers of 2048 x 2048, some 17 GFLOP.
    GEMM(5) {
        @Override
        Subject subject(int halvings) throws OrtException {
            int tokens = 256 >> halvings;
            byte[] model = SyntheticModels.tokenMlp(tokens, 2048 >> halvings, 8);
            return Subject.of(label(), model, "input", "output", Subject.waves(tokens * 32), TOLERANCE, 1, tokens, 32);
        }

        @Override
        String described(int halvings) {
            return String.format(Locale.ROOT, "%d tokens a row through 8 layers of %2$d x %2$d", 256 >> halvings,
                    2048 >> halvings);
        }
    },
    /// Reading and writing: one row is 4096 embeddings of 1024 channels, normalised and added to 12 times, 16 MiB each time.
    MEMORY(5) {
        @Override
        Subject subject(int halvings) throws OrtException {
            int tokens = 4096 >> halvings;
            byte[] model = SyntheticModels.embedding(tokens, 16_384 >> halvings, 1024 >> halvings, 12);
            return Subject.of(label(), model, "input", "output", Subject.waves(tokens), TOLERANCE, 1, tokens);
        }

        @Override
        String described(int halvings) {
            return String.format(Locale.ROOT,
                    "%d embeddings of %d channels a row, 12 times layer normalisation, tanh and addition",
                    4096 >> halvings, 1024 >> halvings);
        }
    },
    /// Some hundred operators with next to nothing to do.
    LAUNCHES(0) {
        @Override
        Subject subject(int halvings) throws OrtException {
            return Subject.of(label(), SyntheticModels.manySteps(8, 3, 16, 33), "input", "output",
                    Subject.waves(3 * 16 * 16), TOLERANCE, 1, 3, 16, 16);
        }

        @Override
        String described(int halvings) {
            return "3 small convolutions and 99 operators on 8 numbers";
        }
    };

    /// Accelerators multiply in formats of ten bits or so, many times after one another.
    private static final double TOLERANCE = 0.05;

    private final int halvingsMax;

    Workload(int halvingsMax) {
        this.halvingsMax = halvingsMax;
    }

    /// How often the size may be halved.
    int halvingsMax() {
        return halvingsMax;
    }

    /// The models and one request. Made anew each time, the same each time.
    abstract Subject subject(int halvings) throws OrtException;

    /// A row's way through the model, for who reads the results.
    abstract String described(int halvings);

    /// As arguments and tables call it.
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
