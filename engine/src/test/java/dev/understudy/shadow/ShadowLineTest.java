package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.batch.RunOutcome;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.TritonConfig;
import dev.understudy.models.SyntheticModels;
import dev.understudy.runtime.CpuLanes;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.TestGraph;
import dev.understudy.runtime.TestLanes;
import dev.understudy.shadow.ShadowLine.FinishedRun;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shadow line with real models and a comparer of the test's own, which books what it is given.
class ShadowLineTest {
    private static final Path SLOW = Path.of("../models/challengers/faulty/slow.onnx");
    private static final InferenceFailure CHAMPION = InferenceFailure.invalid("nobody looks at it here");
    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    /// Rows of the slow model that keep a core busy for far longer than it takes to cancel them.
    private static final int MANY_ROWS = 8_192;

    private final Path folder;
    private final Ledger ledger = new Ledger(LedgerCounts.ZERO);
    private final List<FinishedRun> finished = new CopyOnWriteArrayList<>();
    private final CpuLanes lanes = TestLanes.pacedInTheNormalClass();
    private final Governor governor = new Governor(lanes, 1, new HeapBudget(Long.MAX_VALUE));

    @AfterEach
    void stopGoverning() {
        governor.close();
    }

    ShadowLineTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void invariantI3WhatWaitedTooLongIsShedAsStale() throws Exception {
        try (ShadowLine line = line(identity(), limits(-1, 1, 0, HOUR_NANOS))) {
            for (int i = 0; i < 50; i++) {
                line.offer(request(1, 2), CHAMPION);
            }
            assertEquals(50, drained().shed().get(ShedReason.STALE));
            assertTrue(finished.isEmpty());
        }
    }

    @Test
    void invariantI3ARunBeyondItsLimitIsCancelledAndTheLineGoesOn() throws Exception {
        try (ShadowLine line = line(SLOW, limits(HOUR_NANOS, 1, 0, 0))) {
            line.offer(slowRequest(MANY_ROWS), CHAMPION);
            assertEquals(Map.of(FailureReason.TIMEOUT, 1L), positive(drained(line::cancelOverdue).failed()));
            line.offer(slowRequest(1), CHAMPION);
            assertEquals(1, drained().compared());
        }
    }

    @Test
    void invariantI3ARunCancelledForWantOfAProcessorIsShedAsStarvedAndTheLineGoesOn() throws Exception {
        try (ShadowLine line = line(SLOW, limits(HOUR_NANOS, 1, 0, HOUR_NANOS))) {
            line.offer(slowRequest(MANY_ROWS), CHAMPION);
            LedgerCounts counts = drained(line::cancelStarved);
            assertEquals(1, counts.shed().get(ShedReason.STARVED));
            assertEquals(Map.of(), positive(counts.failed()));
            line.offer(slowRequest(1), CHAMPION);
            assertEquals(1, drained().compared());
        }
    }

    @Test
    void invariantI3WhatWaitedInVainForAGapIsShedAsStarved() throws Exception {
        lanes.champion().activity().began();
        try (ShadowLine line = line(identity(), limits(500_000_000, 1, 0, HOUR_NANOS))) {
            for (int i = 0; i < 5; i++) {
                line.offer(request(1, 2), CHAMPION);
            }
            LedgerCounts counts = drained();
            assertEquals(5, counts.shedTotal(), "the champion has something in hand all the time");
            assertEquals(5, counts.shed().get(ShedReason.STARVED), counts::toString);
            assertTrue(finished.isEmpty());
            lanes.champion().activity().ended(1);
            line.offer(request(1, 2), CHAMPION);
            assertEquals(1, drained().compared());
        }
    }

    @Test
    void invariantI3WhatWaitedWhileTheLanesShareWasUsedUpIsShedAsOverBudget() throws Exception {
        try (ShadowLine line = line(identity(), limits(500_000_000, 1, 0, HOUR_NANOS))) {
            while (governor.turnstile().enter(line, HOUR_NANOS) != null) {
                Thread.onSpinWait();
            }
            governor.turnstile().leave(line, HOUR_NANOS);
            for (int i = 0; i < 5; i++) {
                line.offer(request(1, 2), CHAMPION);
            }
            LedgerCounts counts = drained();
            assertEquals(Map.of(ShedReason.OVER_BUDGET, 5L), positive(counts.shed()));
        }
    }

    @Test
    void aLineThatFallsBehindTakesFewerRequestsAndAllAgainWhenItKeepsUp() throws Exception {
        lanes.champion().activity().began();
        try (ShadowLine line = line(identity(), new ShadowLimits(4, 1 << 20, HOUR_NANOS, 4, 0, HOUR_NANOS,
                HOUR_NANOS))) {
            for (int i = 0; i < 4; i++) {
                line.offer(request(1, 2), CHAMPION);
            }
            assertTrue(line.adaptRate(), "its queue is full");
            assertEquals(0.5, line.rateFactor());
            lanes.champion().activity().ended(1);
            drained();
            int rounds = 0;
            while (!line.adaptRate()) {
                rounds++;
            }
            assertEquals(AdaptiveRate.PATIENCE_MIN - 1, rounds);
            assertEquals(1, line.rateFactor());
        }
    }

    @Test
    void aRunWithinItsLimitIsNotCancelled() throws Exception {
        try (ShadowLine line = line(SLOW, limits(HOUR_NANOS, 1, 0, HOUR_NANOS))) {
            line.offer(slowRequest(64), CHAMPION);
            assertEquals(1, drained(line::cancelOverdue).compared());
        }
    }

    @Test
    void invariantI3ARequestTheChallengerCannotTakeIsIncompatible() throws Exception {
        try (ShadowLine line = line(identity(), limits(HOUR_NANOS, 1, 0, HOUR_NANOS))) {
            line.offer(request(1, 3), CHAMPION);
            line.offer(new InferenceRequest("m", null, "id", null, List.of(Tensor.ofStrings("input", Shape.of(1, 2),
                    "a", "b")), List.of(), null, 0), CHAMPION);
            line.offer(request(1, 2), CHAMPION);
            LedgerCounts counts = drained();
            assertEquals(2, counts.failed().get(FailureReason.INCOMPATIBLE));
            assertEquals(1, counts.compared());
        }
    }

    @Test
    void invariantI3RetiringUnderLoadKeepsTheAccountExact() throws Exception {
        for (int round = 0; round < 10; round++) {
            long before = ledger.counts().sampled();
            AtomicInteger offered = new AtomicInteger();
            AtomicBoolean stop = new AtomicBoolean();
            ShadowLine line = line(identity(), new ShadowLimits(64, 1 << 20, HOUR_NANOS, 8, 0, HOUR_NANOS, HOUR_NANOS));
            List<Thread> champions = new ArrayList<>();
            CountDownLatch warm = new CountDownLatch(300);
            for (int t = 0; t < 3; t++) {
                champions.add(Thread.ofPlatform().start(() -> {
                    while (!stop.get()) {
                        line.offer(request(1, 2), CHAMPION);
                        offered.incrementAndGet();
                        warm.countDown();
                    }
                }));
            }
            warm.await();
            line.close();
            assertTrue(line.ended());
            stop.set(true);
            for (Thread champion : champions) {
                champion.join();
            }
            LedgerCounts counts = ledger.counts();
            assertEquals(offered.get(), counts.sampled() - before);
            assertEquals(0, counts.inFlight(), counts::toString);
            line.offer(request(1, 2), CHAMPION);
            assertEquals(0, ledger.counts().inFlight(), "late offers are shed at once");
        }
        assertTrue(ledger.counts().shed().getOrDefault(ShedReason.RETIRED, 0L) > 0);
        assertEquals(Map.of(), positive(ledger.counts().failed()));
    }

    @Test
    void retiringDuringALongRunCancelsItAndIsNoFailureOfTheChallenger() throws Exception {
        ShadowLine line = line(SLOW, limits(HOUR_NANOS, 1, 0, HOUR_NANOS));
        line.offer(slowRequest(MANY_ROWS), CHAMPION);
        line.offer(slowRequest(MANY_ROWS), CHAMPION);
        line.close();
        assertEquals(2, ledger.counts().shed().get(ShedReason.RETIRED));
        assertTrue(finished.isEmpty());
    }

    @Test
    void aBatchWaitsUntilItIsAsFullAsTheModelAndTheLineAllow() throws Exception {
        try (ShadowLine line = line(identity(), limits(HOUR_NANOS, 32, HOUR_NANOS, HOUR_NANOS), 4)) {
            for (int i = 0; i < 8; i++) {
                line.offer(request(1, 2), CHAMPION);
            }
            assertEquals(8, drained().compared());
            assertEquals(List.of(4, 4), finished.stream().map(run -> run.requests().size()).toList(),
                    "max_batch_size is 4");
        }
        finished.clear();
        try (ShadowLine line = line(identity(), limits(HOUR_NANOS, 2, HOUR_NANOS, HOUR_NANOS), 32)) {
            for (int i = 0; i < 4; i++) {
                line.offer(request(1, 2), CHAMPION);
            }
            drained();
            assertEquals(List.of(2, 2), finished.stream().map(run -> run.requests().size()).toList());
        }
    }

    @Test
    void outcomesStandBesideTheirRequests() throws Exception {
        try (ShadowLine line = line(identity(), limits(HOUR_NANOS, 8, 0, HOUR_NANOS))) {
            for (int i = 0; i < 200; i++) {
                line.offer(request(1 + i % 3, 2), CHAMPION);
            }
            drained();
        }
        int compared = 0;
        for (FinishedRun run : finished) {
            for (int i = 0; i < run.requests().size(); i++) {
                Tensor in = run.requests().get(i).request().inputs().getFirst();
                Tensor out = assertInstanceOf(RunOutcome.Answered.class, run.outcomes().get(i)).outputs().getFirst();
                assertEquals(-1, in.data().mismatch(out.data()));
                compared++;
            }
        }
        assertEquals(200, compared);
    }

    @Test
    void theChallengerGivesAllItsOutputsWhateverTheClientAskedFor() throws Exception {
        try (ShadowLine line = line(identity(), limits(HOUR_NANOS, 1, 0, HOUR_NANOS))) {
            InferenceRequest request = request(1, 2);
            line.offer(new InferenceRequest("m", null, "id", null, request.inputs(), List.of("scores"), null, 0),
                    CHAMPION);
            assertEquals(1, drained().compared(), "'scores' is the champion's name of an output");
        }
    }

    @Test
    void inputsOfUnequalRowsAreNotStacked() throws Exception {
        Path sum = new TestGraph().input("input", DataType.FP32, "n", "1").input("b", DataType.FP32, "n", "1")
                .output("out", DataType.FP32, "n", "1").node("out", "Add", List.of("input", "b"))
                .write(folder.resolve("sum.onnx"));
        try (ShadowLine line = line(sum, limits(HOUR_NANOS, 3, HOUR_NANOS, HOUR_NANOS), 3)) {
            Tensor hundred = Tensor.ofFloats("b", Shape.of(1, 1), 100);
            for (int rows : new int[]{1, 2, 1, 2, 3}) {
                line.offer(new InferenceRequest("m", null, "id", null,
                        List.of(request(rows, 1).inputs().getFirst(), hundred), List.of(), null, 0), CHAMPION);
            }
            assertEquals(5, drained().compared(), "broadcasting, as a champion that is not batched allows");
        }
        ValueLayout.OfFloat number = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        for (FinishedRun run : finished) {
            for (int i = 0; i < run.outcomes().size(); i++) {
                float[] in = run.requests().get(i).request().inputs().getFirst().data().toArray(number);
                float[] out = assertInstanceOf(RunOutcome.Answered.class, run.outcomes().get(i)).outputs().getFirst()
                        .data().toArray(number);
                assertEquals(in.length, out.length);
                for (int row = 0; row < in.length; row++) {
                    assertEquals(in[row] + 100, out[row]);
                }
            }
        }
    }

    @Test
    void aChallengerThatDoesNotLoadIsRefusedAndLeavesNothingRunning() {
        assertThrows(ModelLoadException.class, () -> line(Path.of("../models/challengers/broken/fails-to-load.onnx"),
                limits(HOUR_NANOS, 1, 0, HOUR_NANOS)));
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("understudy-challenger-m-"))) {
            Thread.onSpinWait();
        }
    }

    private LedgerCounts drained() {
        return drained(() -> {});
    }

    /// The account once nothing is in flight; `meanwhile` is done again and again. The patience only bounds a failure.
    private LedgerCounts drained(Runnable meanwhile) {
        long start = System.nanoTime();
        while (ledger.counts().inFlight() > 0) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, () -> "not drained: " + ledger.counts());
            meanwhile.run();
            LockSupport.parkNanos(100_000);
        }
        return ledger.counts();
    }

    private void book(FinishedRun run) {
        finished.add(run);
        run.requests().forEach(run.release());
        for (RunOutcome outcome : run.outcomes()) {
            if (outcome instanceof RunOutcome.Failed failed) {
                ledger.failed(failed.cancelled() ? FailureReason.TIMEOUT : FailureReason.RUN);
            } else {
                ledger.compared();
            }
        }
    }

    private static <K> Map<K, Long> positive(Map<K, Long> counts) {
        return counts.entrySet().stream().filter(entry -> entry.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Path identity() throws Exception {
        return Files.write(folder.resolve("identity.onnx"), SyntheticModels.identity(2));
    }

    private static InferenceRequest request(int rows, int width) {
        float[] values = new float[rows * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = 100 * rows + i;
        }
        return new InferenceRequest("m", null, "id", null,
                List.of(Tensor.ofFloats("input", Shape.of(rows, width), values)), List.of(), null, 0);
    }

    private static InferenceRequest slowRequest(int rows) {
        return new InferenceRequest("m", null, "id", null,
                List.of(Tensor.ofFloats("image", Shape.of(rows, 64), new float[rows * 64])), List.of(), null, 0);
    }

    private static ShadowLimits limits(long ageNanosMax, int batchRowsMax, long batchDelayNanos, long runNanosMax) {
        return new ShadowLimits(1 << 20, 1 << 30, ageNanosMax, batchRowsMax, batchDelayNanos, HOUR_NANOS,
                runNanosMax);
    }

    private ShadowLine line(Path file, ShadowLimits limits) throws ModelLoadException {
        return line(file, limits, 8);
    }

    private ShadowLine line(Path file, ShadowLimits limits, int maxBatchSize) throws ModelLoadException {
        ModelConfig config = new ModelConfig(OptionalInt.of(maxBatchSize), 0, 10, 1, 1, Map.of(), Map.of(),
                TritonConfig.ABSENT);
        return new ShadowLine(governor, new ModelVersion("m", "2", "0".repeat(64), file, 0),
                config, limits, ledger, List.of(), this::book);
    }
}
