package dev.understudy.champion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceFailure.Kind;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Many requests at once: who waits, who is refused, and that each is answered once.
class ChampionQueueTest extends ChampionStage {
    ChampionQueueTest(@TempDir Path folder) {
        super(folder);
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
}
