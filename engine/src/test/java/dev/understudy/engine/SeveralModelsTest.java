package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.runtime.Isolation;
import dev.understudy.verdict.LedgerCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two models whose challengers share the one paced lane.
class SeveralModelsTest {
    private static final Path MODELS = Path.of("..", "models");
    private static final String OTHER = "other";
    private static final int BURST = 300;
    private static final int FEW = 20;

    private final Path folder;

    SeveralModelsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void aBurstOfOneModelDoesNotStarveAnothersShadowAndBothAccountsAreExact() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, "max_batch_size: 32\n", Limits.DEFAULT,
                Isolation.PACED)) {
            assumeTrue(harness.log.stream()
                    .anyMatch(line -> line.message().contains("isolation of challengers is paced")),
                    () -> "the system refuses: " + harness.log);
            harness.drop("faulty/slow.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            addOther(harness);
            // Other programs may be busy for a while, so what is asked for is one round in which it was so.
            EngineHarness.await(() -> everythingOfOthersIsComparedWhileTheBurstWaits(harness),
                    () -> "never: " + harness.model() + " and " + other(harness));
            LedgerCounts burst = harness.awaitDrained("2", 1);
            LedgerCounts few = other(harness).ledger();
            for (LedgerCounts counts : new LedgerCounts[]{burst, few}) {
                assertEquals(0, counts.failedTotal(), counts::toString);
                assertEquals(0, counts.inFlight(), counts::toString);
                assertEquals(counts.served(), counts.sampled(), counts::toString);
                assertEquals(counts.sampled(), counts.compared() + counts.shedTotal(), counts::toString);
            }
            assertEquals(few.compared(), other(harness).agreement().agreed(), "each is compared with its own champion");
        }
    }

    /// A model with a quick challenger, beside the one whose challenger is slow.
    private static void addOther(EngineHarness harness) throws Exception {
        Path part = Files.createDirectories(harness.repository.resolve("other.part"));
        Files.copy(MODELS.resolve("repository/digits/1.onnx"), part.resolve("1.onnx"));
        Files.write(part.resolve("2.onnx"), EngineHarness.twin());
        Files.move(part, harness.repository.resolve(OTHER));
        EngineHarness.await(() -> harness.engine().status(OTHER).stream().flatMap(it -> it.challengers().stream())
                .anyMatch(it -> it.state() == State.SHADOWING), () -> "the other does not shadow: " + harness.log);
    }

    private static ModelStatus.Challenger other(EngineHarness harness) {
        return harness.engine().status(OTHER).orElseThrow().challengers().getFirst();
    }

    private static boolean everythingOfOthersIsComparedWhileTheBurstWaits(EngineHarness harness) {
        long comparedBefore = other(harness).ledger().compared();
        long sampledBefore = other(harness).ledger().sampled();
        CountDownLatch answered = new CountDownLatch(BURST);
        for (int i = 0; i < BURST; i++) {
            harness.engine().infer(harness.request(i), outcome -> answered.countDown());
        }
        await(answered);
        for (int i = 0; i < FEW; i++) {
            assertTrue(ask(harness, i) instanceof InferenceResponse);
        }
        EngineHarness.await(() -> {
            LedgerCounts counts = other(harness).ledger();
            return counts.inFlight() == 0 && counts.sampled() - sampledBefore == FEW;
        }, () -> "not drained: " + other(harness));
        boolean stillWaiting = harness.challenger("2").orElseThrow().ledger().inFlight() > 0;
        return stillWaiting && other(harness).ledger().compared() - comparedBefore == FEW;
    }

    private static InferenceOutcome ask(EngineHarness harness, int digit) {
        CompletableFuture<InferenceOutcome> answer = new CompletableFuture<>();
        harness.engine().infer(harness.request(OTHER, digit), answer::complete);
        return answer.join();
    }

    private static void await(CountDownLatch answered) {
        try {
            assertTrue(answered.await(1, TimeUnit.MINUTES), "requests without an answer");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
