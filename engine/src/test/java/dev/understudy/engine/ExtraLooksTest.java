package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.LedgerCounts;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Probes, second runs and memory samples on the real engine: they reach the verdict.
class ExtraLooksTest {
    private static final int ROUND = 200;

    private final Path folder;

    ExtraLooksTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void whatCriteriaAskForIsLookedAtAndReachesTheVerdict() throws Exception {
        String criteria = """
                criteria:
                  promote_when:
                  - latency_p50: {at_most: 10s}
                  - latency_p50: {at_most: 10x champion}
                  - memory: {at_most: 64GiB}
                  noise_floor: {rerun_champion: 50%, rerun_challenger: 50%}
                """;
        try (EngineHarness harness = new EngineHarness(folder, criteria)) {
            harness.drop("better.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            EngineHarness.await(() -> asked(harness), () -> "no evidence: " + harness.model() + harness.log);
            ModelStatus.Challenger challenger = harness.challenger("2").orElseThrow();
            assertTrue(challenger.extra().probes().compared() > 0);
            assertTrue(challenger.extra().reruns().compared() > 0);
            LedgerCounts main = harness.awaitDrained("2", ROUND);
            assertTrue(main.sampled() <= main.served(), "only what was mirrored is in the ledger");
        }
    }

    @Test
    void withoutALimitOnLatencyNothingIsProbed() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, "")) {
            harness.drop("better.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            EngineHarness.await(() -> {
                harness.answers(ROUND);
                return harness.challenger("2").orElseThrow().ledger().sampled() >= ROUND;
            }, () -> "nothing is mirrored: " + harness.model());
            assertEquals(LedgerCounts.ZERO, harness.challenger("2").orElseThrow().extra().probes());
        }
    }

    private static boolean asked(EngineHarness harness) {
        harness.answers(ROUND);
        return harness.challenger("2").orElseThrow().verdict()
                .filter(verdict -> verdict.criteria().stream().mapToLong(CriterionResult::samples).min().orElse(0) > 0)
                .isPresent();
    }
}
