package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.batch.RunOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.TestGraph;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a shadow line answers, in which batches, and how it ends.
class ShadowLineTest extends ShadowLineStage {
    ShadowLineTest(@TempDir Path folder) {
        super(folder);
    }

    @Test
    void invariantI3ARequestTheChallengerCannotTakeIsIncompatible() throws Exception {
        try (ShadowLine line = line(identity(), limits(HOUR_NANOS, 1, 0, HOUR_NANOS))) {
            line.offer(request(1, 3), CHAMPION, true);
            line.offer(new InferenceRequest("m", null, "id", null, List.of(Tensor.ofStrings("input", Shape.of(1, 2),
                    "a", "b")), List.of(), null, 0), CHAMPION, true);
            line.offer(request(1, 2), CHAMPION, true);
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
                        line.offer(request(1, 2), CHAMPION, true);
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
            line.offer(request(1, 2), CHAMPION, true);
            assertEquals(0, ledger.counts().inFlight(), "late offers are shed at once");
        }
        assertTrue(ledger.counts().shed().getOrDefault(ShedReason.RETIRED, 0L) > 0);
        assertEquals(Map.of(), positive(ledger.counts().failed()));
    }

    @Test
    void comparingIsRehearsedOnTheLinesOwnThreadOnWhatTheChallengerAnswersAndBooksNothing() throws Exception {
        List<String> rehearsed = new CopyOnWriteArrayList<>();
        Comparisons comparer = new Comparisons() {
            @Override
            public void accept(FinishedRun run) {
                book(run);
            }

            @Override
            public void rehearse(InferenceRequest request, RunOutcome.Answered answer) {
                rehearsed.add(Thread.currentThread().getName() + ": "
                        + request.inputs().getFirst().data().mismatch(answer.outputs().getFirst().data()));
            }
        };
        try (ShadowLine line = new ShadowLine(governor, new ModelVersion("m", "2", "0".repeat(64), identity(), 0),
                ModelConfig.DEFAULT, limits(HOUR_NANOS, 8, 0, HOUR_NANOS), ledger, List.of(), RerunPlan.none(),
                comparer)) {
            assertEquals(List.of("understudy-challenger-m-2: -1"), rehearsed, "it is over when the line begins");
            assertEquals(LedgerCounts.ZERO, ledger.counts());
            line.offer(request(1, 2), CHAMPION, true);
            assertEquals(1, drained().compared());
            assertEquals(1, rehearsed.size());
        }
    }

    @Test
    void retiringDuringALongRunCancelsItAndIsNoFailureOfTheChallenger() throws Exception {
        ShadowLine line = line(SLOW, limits(HOUR_NANOS, 1, 0, HOUR_NANOS));
        line.offer(slowRequest(MANY_ROWS), CHAMPION, true);
        line.offer(slowRequest(MANY_ROWS), CHAMPION, true);
        line.close();
        assertEquals(2, ledger.counts().shed().get(ShedReason.RETIRED));
        assertTrue(finished.isEmpty());
    }

    @Test
    void aBatchWaitsUntilItIsAsFullAsTheModelAndTheLineAllow() throws Exception {
        try (ShadowLine line = line(identity(), limits(HOUR_NANOS, 32, HOUR_NANOS, HOUR_NANOS), 4)) {
            for (int i = 0; i < 8; i++) {
                line.offer(request(1, 2), CHAMPION, true);
            }
            assertEquals(8, drained().compared());
            assertEquals(List.of(4, 4), finished.stream().map(run -> run.requests().size()).toList(),
                    "max_batch_size is 4");
        }
        finished.clear();
        try (ShadowLine line = line(identity(), limits(HOUR_NANOS, 2, HOUR_NANOS, HOUR_NANOS), 32)) {
            for (int i = 0; i < 4; i++) {
                line.offer(request(1, 2), CHAMPION, true);
            }
            drained();
            assertEquals(List.of(2, 2), finished.stream().map(run -> run.requests().size()).toList());
        }
    }

    @Test
    void outcomesStandBesideTheirRequests() throws Exception {
        try (ShadowLine line = line(identity(), limits(HOUR_NANOS, 8, 0, HOUR_NANOS))) {
            for (int i = 0; i < 200; i++) {
                line.offer(request(1 + i % 3, 2), CHAMPION, true);
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
                    CHAMPION, true);
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
                        List.of(request(rows, 1).inputs().getFirst(), hundred), List.of(), null, 0), CHAMPION, true);
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
}
