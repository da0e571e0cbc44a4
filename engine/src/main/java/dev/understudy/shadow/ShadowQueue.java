package dev.understudy.shadow;

import dev.understudy.verdict.ShedReason;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/// The bounded hand-over from the champion's instance threads to one challenger's thread. Many producers, one consumer.
///
/// Lock-free on purpose: the consumer may run at the lowest scheduling class, and a champion that waited for a lock it
/// holds would wait for a thread that gets no processor.
final class ShadowQueue {
    private final long rowsMax;
    private final long bytesMax;
    private final HeapBudget budget;
    private final MessagePassingQueue<Mirrored> queue;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile @Nullable Thread parked;

    /// @param budget what all queues share
    ShadowQueue(int rowsMax, long bytesMax, HeapBudget budget) {
        this.rowsMax = rowsMax;
        this.bytesMax = bytesMax;
        this.budget = budget;
        this.queue = new MpscAtomicArrayQueue<>(rowsMax);
    }

    /// Takes `mirrored`, or says at once why not. Null means taken. Any thread.
    @Nullable
    ShedReason offer(Mirrored mirrored) {
        long itsRows = mirrored.request().rows();
        long itsBytes = mirrored.bytes();
        if (rows.addAndGet(itsRows) > rowsMax) {
            rows.addAndGet(-itsRows);
            return ShedReason.QUEUE_FULL;
        }
        if (bytes.addAndGet(itsBytes) > bytesMax || !budget.take(itsBytes)) {
            rows.addAndGet(-itsRows);
            bytes.addAndGet(-itsBytes);
            return ShedReason.BYTES_FULL;
        }
        if (!queue.offer(mirrored)) {
            release(mirrored);
            return ShedReason.QUEUE_FULL;
        }
        Thread consumer = parked;
        if (consumer != null) {
            LockSupport.unpark(consumer);
        }
        return null;
    }

    /// The next request, or null. Its rows and bytes stay booked until [#release]. Consumer only.
    @Nullable
    Mirrored poll() {
        return queue.relaxedPoll();
    }

    /// Gives back the room of a request that was taken, once nothing of the shadow side holds it any more. Any thread.
    void release(Mirrored mirrored) {
        rows.addAndGet(-mirrored.request().rows());
        bytes.addAndGet(-mirrored.bytes());
        budget.giveBack(mirrored.bytes());
    }

    /// Sleeps until something may have arrived, at most `nanos`. Consumer only.
    void await(long nanos) {
        parked = Thread.currentThread();
        // Looked at after publishing `parked`, so that an offer in between cannot be missed.
        if (queue.isEmpty()) {
            LockSupport.parkNanos(this, nanos);
        }
        parked = null;
    }

    /// Ends a sleep of the consumer early. Any thread.
    void wake() {
        Thread consumer = parked;
        if (consumer != null) {
            LockSupport.unpark(consumer);
        }
    }

    long rows() {
        return rows.get();
    }
}
