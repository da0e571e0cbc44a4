package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.ffm.Scheduling;
import dev.understudy.ffm.TaskState;
import dev.understudy.runtime.Isolation;
import dev.understudy.verdict.LedgerCounts;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The challengers' lane at its default, with real models on the real engine.
class PacedEngineTest {
    private static final int ROUND = 200;

    private final Path folder;

    PacedEngineTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void invariantI3UnderLoadTheAccountBalancesAtEveryLookAndAModelAgreesWithItself() throws Exception {
        try (EngineHarness harness = paced()) {
            int burst = 5_000;
            CountDownLatch answered = new CountDownLatch(burst);
            for (int i = 0; i < burst; i++) {
                harness.engine().infer(harness.request(i), outcome -> answered.countDown());
                if (i % 100 == 0) {
                    // Looked at while it moves: an account that does not balance throws.
                    LedgerCounts now = harness.challenger("2").orElseThrow().ledger();
                    assertTrue(now.sampled() <= now.served() + 1, now::toString);
                }
            }
            assertTrue(answered.await(1, TimeUnit.MINUTES), "requests without an answer");
            LedgerCounts counts = harness.awaitDrained("2", 1);
            var challenger = harness.challenger("2").orElseThrow();
            assertEquals(0, counts.failedTotal(), counts::toString);
            assertEquals(counts.sampled(), counts.compared() + counts.shedTotal());
            assertEquals(counts.compared(), challenger.agreement().agreed());
        }
    }

    @Test
    void whenNobodyElseWantsTheProcessorEverythingIsCompared() throws Exception {
        try (EngineHarness harness = paced()) {
            // Other programs may be busy for a while, so what is asked for is one round in which nothing was dropped.
            EngineHarness.await(() -> everythingIsCompared(harness), () -> "never: " + harness.model());
            ModelStatus.Challenger challenger = harness.challenger("2").orElseThrow();
            assertEquals(Isolation.PACED, challenger.isolation());
            assertTrue(challenger.effort().costRatio() > 0, "it costs something");
            long runs = challenger.effort().runs();
            assertTrue(runs > 0 && runs <= challenger.ledger().sampled(), runs + " runs");
            assertTrue(harness.model().effect().deviceSeconds() > 0);
        }
    }

    @Test
    void whatComparesAndRecordsStandsBehindOthersAndNotInTheIdleClass() throws Exception {
        try (EngineHarness _ = paced()) {
            List<TaskState> tasks = tasks();
            // As the kernel keeps them.
            for (String name : List.of("understudy-comp", "understudy-jour", "understudy-verd")) {
                assertTrue(tasks.contains(new TaskState(name, 5, Scheduling.NORMAL)), () -> name + " in " + tasks);
            }
            assertTrue(tasks.stream().anyMatch(task -> task.policy() == Scheduling.IDLE), "which there is");
        }
    }

    private static List<TaskState> tasks() {
        String[] ids = Objects.requireNonNull(new File("/proc/self/task").list());
        return Arrays.stream(ids).flatMap(id -> TaskState.read(Integer.parseInt(id)).stream()).toList();
    }

    private static boolean everythingIsCompared(EngineHarness harness) {
        long sampled = harness.challenger("2").orElseThrow().ledger().sampled();
        long compared = harness.challenger("2").orElseThrow().ledger().compared();
        harness.answers(ROUND);
        LedgerCounts counts = harness.awaitDrained("2", sampled);
        return counts.sampled() - sampled == ROUND && counts.compared() - compared == ROUND;
    }

    /// The champion and, as its challenger, the same model under other bytes.
    private EngineHarness paced() throws Exception {
        EngineHarness harness = new EngineHarness(folder, "", Limits.DEFAULT, Isolation.PACED);
        assumeTrue(
                harness.log.stream().anyMatch(line -> line.message().contains("isolation of challengers is paced")),
                () -> "the system refuses: " + harness.log);
        Path part = Files.createFile(harness.repository.resolve("digits/2.onnx.part"));
        Files.write(part, EngineHarness.twin());
        Files.move(part, harness.repository.resolve("digits/2.onnx"));
        harness.awaitState("2", State.SHADOWING);
        return harness;
    }
}
