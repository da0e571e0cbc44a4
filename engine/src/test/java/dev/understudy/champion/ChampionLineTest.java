package dev.understudy.champion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceFailure.Kind;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.TritonConfig;
import dev.understudy.models.SyntheticModels;
import dev.understudy.runtime.CpuLanes;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.Lane;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.TestGraph;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChampionLineTest {
    private static final Lane LANE = CpuLanes.open(Isolation.NONE, refusal -> {}).champion();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long PATIENCE_SECONDS = 60;

    private final Path folder;

    ChampionLineTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 10000", "1, 8, 10000", "2, 1, 10000", "2, 8, 16", "1, 4, 2"})
    void everyRequestGetsItsOwnOutcomeExactlyOnceUnderConcurrency(int instances, int maxBatchSize, int maxQueueSize)
            throws Exception {
        int threads = 4;
        int each = 400;
        Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
        Map<String, AtomicInteger> mirrored = new ConcurrentHashMap<>();
        List<String> wrong = new CopyOnWriteArrayList<>();
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(threads * each);
        try (ChampionLine line = line(identity(), config(instances, maxBatchSize, maxQueueSize),
                (request, outcome) -> {
                    mirrored.computeIfAbsent(request.requestId(), id -> new AtomicInteger()).incrementAndGet();
                    check(request, outcome, wrong);
                })) {
            List<Thread> clients = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int first = t * each;
                clients.add(Thread.ofPlatform().start(() -> {
                    for (int i = first; i < first + each; i++) {
                        InferenceRequest request = request(i);
                        line.submit(request, outcome -> {
                            if (outcome instanceof InferenceFailure failure && failure.kind() == Kind.UNAVAILABLE) {
                                refused.incrementAndGet();
                            } else {
                                check(request, outcome, wrong);
                            }
                            outcomes.computeIfAbsent(request.requestId(), id -> new AtomicInteger()).incrementAndGet();
                            all.countDown();
                        });
                    }
                }));
            }
            assertTrue(all.await(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> all.getCount() + " never answered");
            for (Thread client : clients) {
                client.join();
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(threads * each, outcomes.size());
        assertTrue(outcomes.values().stream().allMatch(count -> count.get() == 1), "answered twice");
        assertEquals(threads * each - refused.get(), mirrored.size(), "all that was admitted is offered");
        assertTrue(mirrored.values().stream().allMatch(count -> count.get() == 1), "offered twice");
    }

    private static void check(InferenceRequest request, InferenceOutcome outcome, List<String> wrong) {
        if (!(outcome instanceof InferenceResponse response)
                || response.outputs().getFirst().data().mismatch(request.inputs().getFirst().data()) != -1) {
            wrong.add(request.requestId() + ": " + outcome);
        }
    }

    @Test
    void twoInstancesServeAtOnce() throws Exception {
        CountDownLatch other = new CountDownLatch(1);
        CountDownLatch both = new CountDownLatch(2);
        try (ChampionLine line = line(identity(), config(2, 1, 10), Mirror.NONE)) {
            line.submit(request(1), outcome -> {
                await(other);
                both.countDown();
            });
            line.submit(request(2), outcome -> {
                other.countDown();
                both.countDown();
            });
            assertTrue(both.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "one waits for the other");
        }
    }

    @Test
    void invariantI1NeitherAClientNorAMirrorThatThrowsEndsAnInstance() throws Exception {
        List<Throwable> reported = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> reported.add(fault));
        try {
            AtomicInteger answered = new AtomicInteger();
            AtomicInteger offered = new AtomicInteger();
            try (ChampionLine line = line(identity(), config(1, 8, 100), (request, outcome) -> {
                offered.incrementAndGet();
                throwOne(offered.get());
            })) {
                for (int i = 0; i < 8; i++) {
                    line.submit(request(i), outcome -> {
                        answered.incrementAndGet();
                        throwOne(answered.get() + 1);
                    });
                }
            }
            assertEquals(8, answered.get());
            assertEquals(8, offered.get());
            assertEquals(16, reported.size(), "every fault is reported");
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private static void throwOne(int which) {
        switch (which % 3) {
            case 0 -> throw new IllegalStateException("on purpose");
            case 1 -> throw new OutOfMemoryError("on purpose");
            default -> throw new AssertionError("on purpose");
        }
    }

    @Test
    void closingAnswersWhatWasAdmittedAndRefusesTheRest() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        CountDownLatch hold = new CountDownLatch(1);
        ChampionLine line = line(identity(), config(1, 1, 100), Mirror.NONE);
        line.submit(request(0), outcome -> {
            answered.incrementAndGet();
            await(hold);
        });
        for (int i = 1; i <= 50; i++) {
            InferenceRequest request = request(i);
            line.submit(request, outcome -> {
                if (outcome instanceof InferenceResponse) {
                    answered.incrementAndGet();
                }
            });
        }
        Thread closing = Thread.ofPlatform().start(line::close);
        hold.countDown();
        closing.join();
        assertEquals(51, answered.get());
        assertEquals(0, line.pending());
        List<InferenceOutcome> late = new ArrayList<>();
        line.submit(request(99), late::add);
        assertEquals(List.of(new InferenceFailure(Kind.UNAVAILABLE, "model 'm' is being unloaded")), late);
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("understudy-champion-m-")));
    }

    @Test
    void aFullQueueIsRefusedAtOnceWithItsSize() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        List<InferenceOutcome> refusals = new ArrayList<>();
        try (ChampionLine line = line(identity(), config(1, 1, 1), Mirror.NONE)) {
            line.submit(request(0), outcome -> {
                held.countDown();
                await(hold);
            });
            await(held);
            line.submit(request(1), outcome -> {});
            line.submit(request(2), refusals::add);
            assertEquals(List.of(new InferenceFailure(Kind.UNAVAILABLE,
                    "model 'm' is overloaded: its queue of 1 requests is full; try again")), refusals);
            hold.countDown();
        }
    }

    @Test
    void theClientGetsTheOutputsItAskedForAndTheMirrorAll() throws Exception {
        TestGraph graph = new TestGraph().input("input", DataType.FP32, "n", "2").output("a", DataType.FP32, "n", "2")
                .output("b", DataType.FP32, "n", "2").output("c", DataType.FP32, "n", "2")
                .node("a", "Identity", List.of("input")).node("b", "Neg", List.of("input"))
                .node("c", "Add", List.of("input", "input"));
        List<InferenceOutcome> answers = new ArrayList<>();
        List<InferenceOutcome> offered = new ArrayList<>();
        try (ChampionLine line = line(graph.write(folder.resolve("abc.onnx")), config(1, 8, 10),
                (request, outcome) -> offered.add(outcome))) {
            InferenceRequest request = new InferenceRequest("m", null, "id", null,
                    List.of(Tensor.ofFloats("input", Shape.of(1, 2), 1, 2)), List.of("c", "a"), null,
                    System.nanoTime());
            line.submit(request, answers::add);
        }
        assertEquals(List.of("c", "a"), names(answers.getFirst()));
        assertEquals(4, ((InferenceResponse) answers.getFirst()).outputs().getFirst().data().getAtIndex(FLOAT, 1));
        assertEquals(List.of("a", "b", "c"), names(offered.getFirst()));
    }

    @Test
    void aFailedRunIsAnsweredOfferedAndCounted() throws Exception {
        Path throwing = Path.of("../models/challengers/faulty/throws.onnx");
        List<InferenceOutcome> offered = new ArrayList<>();
        List<InferenceOutcome> answers = new ArrayList<>();
        ChampionLine line = line(throwing, config(1, 8, 10), (request, outcome) -> offered.add(outcome));
        float[] ink = new float[64];
        ink[0] = 16;
        line.submit(new InferenceRequest("m", null, "id", null, List.of(Tensor.ofFloats("image", Shape.of(1, 64), ink)),
                List.of(), null, System.nanoTime()), answers::add);
        line.submit(request(1), answers::add);
        line.close();
        InferenceFailure failure = assertInstanceOf(InferenceFailure.class,
                answers.stream().filter(outcome -> outcome instanceof InferenceFailure f && f.kind() == Kind.INTERNAL)
                        .findFirst().orElseThrow());
        assertTrue(failure.message().startsWith("model 'm' failed on this request: "), failure.message());
        assertEquals(1, offered.size(), "what validation refuses is never offered");
        assertInstanceOf(InferenceFailure.class, offered.getFirst());
        assertEquals(2, line.statistics().fail().count());
        assertEquals(0, line.statistics().success().count());
    }

    @Test
    void statisticsCountRequestsRowsAndRuns() throws Exception {
        ChampionLine line = line(identity(), config(1, 1, 100), Mirror.NONE);
        for (int i = 0; i < 5; i++) {
            line.submit(request(i), outcome -> {});
        }
        line.close();
        ServingStatistics statistics = line.statistics();
        assertEquals(5, statistics.success().count());
        assertEquals(5, statistics.inferenceCount());
        assertEquals(5, statistics.executionCount());
        assertEquals(List.of(1L), statistics.batches().stream().map(ServingStatistics.Batches::batchSize).toList());
    }

    @Test
    void aModelThatDoesNotLoadLeavesNothingRunning() {
        Path broken = Path.of("../models/challengers/broken/fails-to-load.onnx");
        ModelLoadException refusal = assertThrows(ModelLoadException.class,
                () -> line(broken, config(2, 1, 10), Mirror.NONE));
        assertFalse(refusal.reason().isEmpty());
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("understudy-champion-m-")));
    }

    private static List<String> names(InferenceOutcome outcome) {
        return ((InferenceResponse) outcome).outputs().stream().map(Tensor::name).toList();
    }

    private Path identity() throws Exception {
        return Files.write(folder.resolve("identity.onnx"), SyntheticModels.identity(2));
    }

    private static InferenceRequest request(int number) {
        return new InferenceRequest("m", null, "r" + number, null,
                List.of(Tensor.ofFloats("input", Shape.of(1, 2), number, -number)), List.of(), null, System.nanoTime());
    }

    private static ModelConfig config(int instances, int maxBatchSize, int maxQueueSize) {
        return new ModelConfig(OptionalInt.of(maxBatchSize), 0, maxQueueSize, instances, 1, Map.of(), Map.of(),
                TritonConfig.ABSENT);
    }

    private static ChampionLine line(Path file, ModelConfig config, Mirror mirror) throws ModelLoadException {
        return new ChampionLine(LANE, new ModelVersion("m", "1", "0".repeat(64), file, 0), config, 1 << 20, mirror,
                fault -> {}, loss -> {});
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
