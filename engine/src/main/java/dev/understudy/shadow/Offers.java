package dev.understudy.shadow;

import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.ShedReason;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What a line of the shadow side has been offered, from the offer until it runs or is lost: its queue, and the account of it.
/// Any thread offers; [#shed] and [#refuse] are for whoever has taken one; [#close] ends it.
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
    void offer(Mirrored mirrored) {
        ledger.sampled();
        inProgress.incrementAndGet();
        try {
            ShedReason reason = closed ? ShedReason.RETIRED : queue.offer(mirrored);
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

    /// One that was taken does not suit the challenger.
    void refuse(Mirrored mirrored) {
        queue.release(mirrored);
        if (sample != null) {
            sample.add(mirrored, true);
        }
        ledger.failed(FailureReason.INCOMPATIBLE);
    }

    private void lose(Mirrored mirrored, ShedReason reason) {
        if (sample != null && reason != ShedReason.RETIRED) {
            sample.add(mirrored, false);
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
