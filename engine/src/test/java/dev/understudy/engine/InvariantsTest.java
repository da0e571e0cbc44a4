package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.journal.Evaluation;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The invariants of the design, each on the real engine with real models. Accounts are asserted in every test.
class InvariantsTest {
    private static final String UNBATCHED = "max_batch_size: 1\ncomparators:\n  probabilities: same_top_answer\n";
    private static final int REQUESTS = 60;

    private final Path folder;

    InvariantsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void invariantI1FaultyChallengersChangeNoByteOfTheAnswers() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            List<String> alone = harness.answers(REQUESTS);
            List<String> faults = List.of("throws", "returns-nan", "other-shape", "slow");
            for (String fault : faults) {
                harness.drop("faulty/" + fault + ".onnx", fault + ".onnx");
            }
            faults.forEach(fault -> harness.awaitState(fault, State.SHADOWING));
            assertEquals(alone, harness.answers(REQUESTS));
            for (String fault : faults) {
                LedgerCounts counts = harness.awaitDrained(fault, REQUESTS);
                assertEquals(REQUESTS, counts.served());
                ModelStatus.Challenger challenger = harness.challenger(fault).orElseThrow();
                if (fault.equals("throws")) {
                    assertEquals(REQUESTS, counts.failed().get(FailureReason.RUN));
                    assertTrue(challenger.reason().startsWith("last failure: "));
                    continue;
                }
                assertEquals(REQUESTS, counts.compared());
                long agreed = challenger.agreement().agreed();
                assertEquals(fault.equals("slow"), agreed == REQUESTS, fault + " agreed " + agreed);
                assertEquals(fault.equals("other-shape"), agreed == 0, fault + " agreed " + agreed);
            }
        }
    }

    @Test
    void invariantI1AJournalThatIsGoneHurtsNobody() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            List<String> alone = harness.answers(5);
            harness.drop("better.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.engine().journal().close();
            assertEquals(alone, harness.answers(5), "the journal is gone, the answers are not");
        }
    }

    @Test
    void invariantI2NoChallengerIsReachableThroughTheDataPlane() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            List<String> alone = harness.answers(REQUESTS);
            harness.drop("worse-on-eight.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            assertEquals(alone, harness.answers(REQUESTS));
            assertInstanceOf(ModelLookup.Refused.class, harness.engine().lookup("digits", "2"));
            assertEquals(List.of("1"),
                    harness.engine().repositoryIndex().stream().map(RepositoryEntry::version).toList());
            assertEquals(1, harness.engine().statistics().size());
            harness.awaitDrained("2", REQUESTS);
        }
    }

    @Test
    void invariantI3EveryRequestIsAccountedForWhileTheChallengerIsRetiredUnderLoad() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, "max_batch_size: 32\n")) {
            harness.drop("faulty/slow.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            int burst = 3_000;
            CountDownLatch answered = new CountDownLatch(burst);
            IntStream.range(0, burst).forEach(i -> harness.engine().infer(harness.request(i), outcome -> {
                answered.countDown();
                if (i == burst / 2) {
                    deleteQuietly(harness.repository.resolve("digits/2.onnx"));
                }
            }));
            assertTrue(answered.await(1, TimeUnit.MINUTES), "requests without an answer");
            harness.awaitState("2", State.RETIRED);
            LedgerCounts counts = harness.awaitDrained("2", 1);
            assertEquals(counts.sampled(), counts.compared() + counts.shedTotal() + counts.failedTotal());
            assertTrue(counts.served() >= counts.sampled());
        }
    }

    private static void deleteQuietly(Path file) {
        assertTrue(file.toFile().delete());
    }

    @Test
    void invariantI4AFileReplacedUnderTheSameNameStartsWithAnEmptyRecord() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            harness.drop("better.onnx", "2.onnx");
            String first = harness.awaitState("2", State.SHADOWING).sha256();
            harness.answers(REQUESTS);
            harness.awaitDrained("2", REQUESTS);
            Path file = harness.repository.resolve("digits/2.onnx");
            Path next = harness.repository.resolve("digits/2.onnx.part");
            Files.copy(Path.of("../models/challengers/equal.onnx"), next);
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            EngineHarness.await(() -> harness.model().challengers().stream()
                    .anyMatch(c -> c.state() == State.SHADOWING && !c.sha256().equals(first)), () -> "not replaced");
            var fresh = harness.model().challengers().stream().filter(c -> c.state() == State.SHADOWING).findFirst();
            assertEquals("2", fresh.orElseThrow().version());
            assertEquals(0, fresh.orElseThrow().ledger().sampled());
            var old = harness.model().challengers().stream().filter(c -> c.sha256().equals(first)).findFirst();
            assertEquals("2@" + first.substring(0, 8), old.orElseThrow().version());
            assertEquals(REQUESTS, old.orElseThrow().ledger().compared());
        }
    }

    @Test
    void invariantI4AChangedRuleStartsAnEmptyRecordAndTheRuleBeforeGoesOnFromItsOwn() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            harness.drop("worse-on-eight.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.answers(REQUESTS);
            harness.awaitDrained("2", REQUESTS);
            var before = harness.challenger("2").orElseThrow();
            Path config = harness.repository.resolve("digits/model.yaml");
            Files.writeString(config,
                    "max_batch_size: 1\ncomparators: {probabilities: {rule: within, max_abs: 1000}}\n");
            harness.restart();
            var changed = harness.awaitState("2", State.SHADOWING);
            assertEquals(List.of(), harness.model().alerts());
            assertEquals(0, changed.ledger().served());
            assertEquals(Agreement.NONE, changed.agreement());
            harness.answers(3);
            harness.awaitDrained("2", 3);
            Files.writeString(config, UNBATCHED);
            harness.restart();
            var back = harness.awaitState("2", State.SHADOWING);
            assertEquals(before.pair(), back.pair());
            assertEquals(before.ledger(), back.ledger());
            assertEquals(before.agreement(), back.agreement());
            var kept = harness.engine().journal().evaluation(changed.pair().orElseThrow()).orElseThrow();
            assertEquals(new Agreement(3, 3), kept.agreement(), "the other record stays");
        }
    }

    @Test
    void invariantI5PastItsLimitsTheShadowShedsAndTheChampionRefuses() throws Exception {
        Limits small = new Limits(1 << 20, 1 << 20, 1L << 32, 8, 256, 1 << 20, Limits.DEFAULT.shadowAgeMax(), 4,
                Limits.DEFAULT.shadowBatchDelayMax(), Limits.DEFAULT.shadowBatchTimeMax(),
                Limits.DEFAULT.challengerRunMax(), 1, 1,
                Limits.DEFAULT.probationMax(), Limits.DEFAULT.drainMax(), 1_000, 1_000, 4, 4, 1 << 20, 1 << 20,
                1 << 20);
        String tinyQueue = UNBATCHED + "dynamic_batching: {default_queue_policy: {max_queue_size: 4}}\n";
        try (EngineHarness harness = new EngineHarness(folder, tinyQueue, small)) {
            harness.drop("faulty/slow.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.drop("better.onnx", "3.onnx");
            assertTrue(harness.awaitState("3", State.REFUSED).reason().contains("limit of 1 challengers"));
            int burst = 2_000;
            CountDownLatch done = new CountDownLatch(burst);
            int[] refused = new int[1];
            for (int i = 0; i < burst; i++) {
                harness.engine().infer(harness.request(i), outcome -> {
                    if (outcome instanceof InferenceFailure failure) {
                        assertEquals(InferenceFailure.Kind.UNAVAILABLE, failure.kind());
                        refused[0]++;
                    }
                    done.countDown();
                });
            }
            assertTrue(done.await(1, TimeUnit.MINUTES), "requests without an answer");
            assertTrue(refused[0] > 0, "a queue of 4 took a burst of " + burst);
            int served = burst - refused[0];
            LedgerCounts counts = harness.awaitDrained("2", served);
            assertEquals(served, counts.served());
            assertEquals(served, counts.shed().get(ShedReason.BYTES_FULL), "a digit and its answer take more");
        }
    }

    @Test
    void invariantI6AgreementAndLedgerAreTheSameDigitsAfterARestart() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            harness.drop("worse-on-eight.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.answers(200);
            harness.awaitDrained("2", 200);
            var before = harness.challenger("2").orElseThrow();
            assertTrue(before.agreement().agreed() < 200, "it should differ somewhere");
            harness.restart();
            var after = harness.awaitState("2", State.SHADOWING);
            assertEquals(before.agreement(), after.agreement());
            assertEquals(before.ledger(), after.ledger());
            Evaluation recorded = harness.engine().journal().evaluation(after.pair().orElseThrow()).orElseThrow();
            assertEquals(after.agreement(), recorded.agreement(), "recomputed from the journal's minutes");
        }
    }

    @Test
    void invariantI7TheChampionOnRecordIsNeverSilentlyAnother() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            List<String> answers = harness.answers(5);
            harness.drop("better.onnx", "0.onnx");
            harness.awaitState("0", State.SHADOWING);
            Files.delete(harness.repository.resolve("digits/1.onnx"));
            EngineHarness.await(() -> !harness.model().alerts().isEmpty(), () -> "no alert");
            assertEquals(answers, harness.answers(5), "deleting the champion's file changes nothing that is served");
            harness.restart();
            assertEquals("1", harness.model().champion().orElseThrow().version());
            assertEquals(answers, harness.answers(5));
            Path role;
            try (Stream<Path> roles = Files.list(harness.state.resolve("roles"))) {
                role = roles.findFirst().orElseThrow();
            }
            Files.writeString(role, "understudy champion 1\n");
            harness.restart();
            assertTrue(harness.model().champion().isEmpty(), "a damaged record makes no champion");
            assertInstanceOf(InferenceFailure.class, harness.ask(1));
            assertTrue(!(harness.ask(1) instanceof InferenceResponse) && !harness.engine().ready());
        }
    }
}
