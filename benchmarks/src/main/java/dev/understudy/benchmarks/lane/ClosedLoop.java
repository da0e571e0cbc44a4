package dev.understudy.benchmarks.lane;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Load that waits: so many requests are under way at any time, and each answer sends the next. What a [Side] answers a
/// second that way is its capacity. Immutable.
///
/// @param underWay requests at any time; 1 is one caller, many saturate
/// @param seconds  how long, the first third of which is not counted
public record ClosedLoop(int underWay, double seconds) {
    private static final long ANSWER_SECONDS_MAX = 30;

    /// Answers a second.
    ///
    /// @throws IOException when answers stay away
    public double perSecond(Sender side) throws IOException {
        Semaphore room = new Semaphore(underWay);
        AtomicLong answers = new AtomicLong();
        Sender.Answers count = new Sender.Answers() {
            @Override
            public void answered(long dueNanos) {
                answers.incrementAndGet();
                room.release();
            }

            @Override
            public void refused(long dueNanos) {
                room.release();
            }
        };
        long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        long from = end - (long) (seconds * TimeUnit.SECONDS.toNanos(1) * 2 / 3);
        long before = 0;
        long beforeNanos = 0;
        for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
            if (beforeNanos == 0 && now >= from) {
                before = answers.get();
                beforeNanos = now;
            }
            acquire(room, 1);
            side.send(now, count);
        }
        long counted = answers.get() - before;
        long nanos = System.nanoTime() - beforeNanos;
        acquire(room, underWay);
        return counted * (double) TimeUnit.SECONDS.toNanos(1) / nanos;
    }

    private static void acquire(Semaphore room, int permits) throws IOException {
        try {
            if (!room.tryAcquire(permits, ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IOException("answers stay away");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
