package dev.understudy.shadow;

import dev.understudy.verdict.ShedReason;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What a line of the shadow side has been offered, from the offer until it runs or is lost: its queue, and the account of it.
/// Any thread offers; [#shed] is for whoever has taken one; [#close] ends it.
final class Offers {
    private final ShadowQueue queue;
    private final Ledger ledger;
    private final @Nullable ShedSample sample;
    private final AtomicInteger inProgress = new AtomicInteger();
    private volatile boolean closed;

    /// @param sample what of the lost becomes evidence; null where nothing does
    Offers(ShadowQueue queue, Ledger ledger, @Nullable ShedSample sample) {
        this.queue = queue;
        this.ledger = ledger;
        this.sample = sample;
    }

    /// Takes a request, or sheds it at once. Never blocks.
    ///
    /// @param keptUp false for one that only a challenger that keeps up would take
    void offer(Mirrored mirrored, boolean keptUp) {
        ledger.sampled();
        inProgress.incrementAndGet();
        try {
            ShedReason reason = closed ? ShedReason.RETIRED : keptUp ? queue.offer(mirrored) : ShedReason.REDUCED_RATE;
            if (reason != null) {
                lose(mirrored, reason);
            }
        } finally {
            inProgress.decrementAndGet();
        }
    }

    /// One that was taken is not run.
    void shed(Mirrored mirrored, ShedReason reason) {
        queue.release(mirrored);
        lose(mirrored, reason);
    }

    private void lose(Mirrored mirrored, ShedReason reason) {
        if (sample != null && reason != ShedReason.RETIRED) {
            sample.add(mirrored);
        }
        ledger.shed(reason);
    }

    /// Sheds as retired what is in the queue. One thread at a time.
    void shedWaiting() {
        for (Mirrored next = queue.poll(); next != null; next = queue.poll()) {
            shed(next, ShedReason.RETIRED);
        }
    }

    boolean closed() {
        return closed;
    }

    /// Takes no more.
    void stop() {
        closed = true;
    }

    /// Takes no more, ends the line's thread with the run in its hand, and sheds what it has left.
    void close(Thread thread, RunInHand inHand) {
        closed = true;
        try {
            inHand.endThread(thread, queue::wake);
            while (inProgress.get() > 0) {
                Thread.onSpinWait();
            }
            // The thread has gone, so this one may consume what was offered while it went.
            shedWaiting();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
