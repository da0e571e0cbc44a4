package dev.understudy.champion;

import dev.understudy.batch.BatchPolicy;
import dev.understudy.batch.BatchRunner;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.runtime.Signature;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The bounded queue between the network threads and the champion's instances. Thread-safe; its lock is shared by the
/// serve line only, never with the shadow.
final class Admission {
    /// A request that was let in and must be answered.
    record Admitted(InferenceRequest request, Consumer<? super InferenceOutcome> done, long admittedNanos) {}

    private final int requestsMax;
    private final long bytesMax;
    private final Runnable woken;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Admitted> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean closed;

    /// @param woken called by a thread that has woken a taker, without the lock
    Admission(int requestsMax, long bytesMax, Runnable woken) {
        this.requestsMax = requestsMax;
        this.bytesMax = bytesMax;
        this.woken = woken;
    }

    /// Lets a request in, or says at once why not, for a sentence that begins with the model. Null means let in. One request
    /// is always let into an empty queue, whatever its size.
    @Nullable
    String offer(Admitted admitted) {
        long bytes = admitted.request().heldBytes();
        boolean wakes;
        lock.lock();
        try {
            if (closed) {
                return "is being unloaded";
            }
            if (waiting.size() >= requestsMax) {
                return "is overloaded: its queue of " + requestsMax + " requests is full; try again";
            }
            if (!waiting.isEmpty() && waitingBytes + bytes > bytesMax) {
                return "is overloaded: the requests waiting for it take all of " + bytesMax + " bytes; try again";
            }
            waiting.add(admitted);
            waitingBytes += bytes;
            wakes = lock.hasWaiters(arrived);
            arrived.signal();
        } finally {
            lock.unlock();
        }
        if (wakes) {
            woken.run();
        }
        return null;
    }

    /// Waits for a batch. Empty only when the queue is closed and everything in it was taken.
    ///
    /// @param signature what the requests have been checked against
    List<Admitted> take(BatchPolicy policy, Signature signature) {
        List<Admitted> batch = new ArrayList<>();
        lock.lock();
        try {
            while (waiting.isEmpty()) {
                if (closed) {
                    return batch;
                }
                arrived.awaitUninterruptibly();
            }
            long rows = fill(batch, 0, policy, signature);
            for (long waitNanos = waitNanos(batch, rows, policy); waitNanos > 0; waitNanos = waitNanos(batch, rows,
                    policy)) {
                arrived.awaitNanos(waitNanos);
                rows = fill(batch, rows, policy, signature);
            }
            if (!waiting.isEmpty()) {
                arrived.signal();
            }
        } catch (InterruptedException e) {
            // The batch in hand must still be run, so it goes as it is.
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return batch;
    }

    private long waitNanos(List<Admitted> batch, long rows, BatchPolicy policy) {
        long ageNanos = System.nanoTime() - batch.getFirst().admittedNanos();
        return closed ? 0 : policy.waitNanos(rows, ageNanos, !waiting.isEmpty());
    }

    /// Moves waiting requests into the batch while they may join it, and returns its rows.
    private long fill(List<Admitted> batch, long rowsBefore, BatchPolicy policy, Signature signature) {
        long rows = rowsBefore;
        for (Admitted next = waiting.peek(); next != null; next = waiting.peek()) {
            InferenceRequest request = next.request();
            boolean joins = batch.isEmpty() || BatchRunner.joins(signature, batch.getFirst().request(), request);
            if (!joins || !policy.fits(rows, request.rows())) {
                return rows;
            }
            waiting.remove();
            waitingBytes -= request.heldBytes();
            batch.add(next);
            rows += request.rows();
        }
        return rows;
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /// No more requests are let in; takers drain what is waiting and then get empty batches.
    void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
