package dev.understudy.shadow;

import dev.understudy.batch.BatchPolicy;
import dev.understudy.batch.BatchRunner;
import dev.understudy.runtime.Signature;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one challenger's thread has taken over from its queue and not yet run, oldest first. Not thread-safe; owned by that
/// thread.
final class Backlog {
    private final ShadowQueue queue;
    private final ArrayDeque<Mirrored> pending = new ArrayDeque<>();
    private long rows;

    /// A batch that could be run now: the oldest requests as far as they may share a run.
    ///
    /// @param size    requests
    /// @param rows    their rows
    /// @param blocked the next one waiting cannot join them
    record Selection(int size, long rows, boolean blocked) {}

    Backlog(ShadowQueue queue) {
        this.queue = queue;
    }

    /// Takes over whatever has arrived.
    void receive() {
        for (Mirrored next = queue.poll(); next != null; next = queue.poll()) {
            pending.add(next);
            rows += next.rows();
        }
    }

    long rows() {
        return rows;
    }

    @Nullable
    Mirrored oldest() {
        return pending.peek();
    }

    /// Takes out, into `shed`, what was offered before then.
    void removeOlder(long thanNanos, Consumer<Mirrored> shed) {
        for (Mirrored next = pending.peek(); next != null && next.offeredNanos() - thanNanos < 0; next = pending
                .peek()) {
            shed.accept(remove());
        }
    }

    /// Takes out everything, into `shed`.
    void removeAll(Consumer<Mirrored> shed) {
        while (!pending.isEmpty()) {
            shed.accept(remove());
        }
    }

    private Mirrored remove() {
        Mirrored next = pending.remove();
        rows -= next.rows();
        return next;
    }

    /// The batch that `policy` makes of what is here, of which there must be something.
    Selection select(BatchPolicy policy, Signature signature) {
        Mirrored oldest = pending.element();
        long batchRows = 0;
        int size = 0;
        for (Mirrored next : pending) {
            if (!policy.fits(batchRows, next.rows())
                    || (size > 0 && !BatchRunner.joins(signature, oldest.request(), next.request()))) {
                return new Selection(size, batchRows, true);
            }
            batchRows += next.rows();
            size++;
        }
        return new Selection(size, batchRows, false);
    }

    /// Moves the oldest to the end of a batch, and returns it.
    Mirrored takeInto(List<Mirrored> batch) {
        batch.add(pending.element());
        return remove();
    }
}
