package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final long SEED = 20_261_122;

    @Test
    void invariantI3TheAccountBalancesAtEveryInstantUnderConcurrency() throws InterruptedException {
        Ledger ledger = new Ledger(LedgerCounts.ZERO);
        int threads = 4;
        int requests = 20_000;
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<Throwable> fault = new AtomicReference<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                while (!done.get()) {
                    // The constructor of the counts throws when they do not balance.
                    ledger.counts();
                }
            } catch (Throwable e) {
                fault.set(e);
            }
        });
        CountDownLatch finished = new CountDownLatch(threads);
        List<long[]> expected = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            long[] counted = new long[3];
            expected.add(counted);
            SplittableRandom random = new SplittableRandom(SEED + t);
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < requests; i++) {
                    end(ledger, random.nextInt(3), counted);
                }
                finished.countDown();
            });
        }
        finished.await();
        done.set(true);
        reader.join();
        assertEquals(null, fault.get(), "seed " + SEED);
        LedgerCounts counts = ledger.counts();
        assertEquals((long) threads * requests, counts.sampled());
        assertEquals(expected.stream().mapToLong(c -> c[0]).sum(), counts.compared());
        assertEquals(expected.stream().mapToLong(c -> c[1]).sum(), counts.shed().get(ShedReason.QUEUE_FULL));
        assertEquals(expected.stream().mapToLong(c -> c[2]).sum(), counts.failed().get(FailureReason.RUN));
        assertEquals(0, counts.inFlight());
    }

    private static void end(Ledger ledger, int how, long[] counted) {
        ledger.sampled();
        counted[how]++;
        switch (how) {
            case 0 -> ledger.compared();
            case 1 -> ledger.shed(ShedReason.QUEUE_FULL);
            default -> ledger.failed(FailureReason.RUN);
        }
    }

    @Test
    void whatWasInFlightWhenTheProcessDiedIsBookedAsRetired() {
        LedgerCounts saved = new LedgerCounts(10, 9, 4, Map.of(ShedReason.STALE, 2L), Map.of(), 3);
        LedgerCounts resumed = new Ledger(saved).counts();
        assertEquals(9, resumed.sampled());
        assertEquals(3, resumed.shed().get(ShedReason.RETIRED));
        assertEquals(2, resumed.shed().get(ShedReason.STALE));
        assertEquals(0, resumed.inFlight());
    }

    @Test
    void anAccountThatDoesNotBalanceCannotBeMade() {
        assertThrows(IllegalStateException.class, () -> new LedgerCounts(5, 5, 4, Map.of(), Map.of(), 0));
        Ledger ledger = new Ledger(LedgerCounts.ZERO);
        ledger.compared();
        assertThrows(IllegalStateException.class, ledger::counts, "compared what was never sampled");
    }
}
