package dev.understudy.shadow;

import dev.understudy.verdict.ShedReason;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/// The bounded hand-over from the champion's instance threads to one challenger's thread. Many producers, one consumer.
///
/// Lock-free on purpose: the consumer may be denied the processor for long, and a champion that waited for a lock it
/// holds would wait as long.
final class ShadowQueue {
    private final long rowsMax;
    private final long bytesMax;
    private final HeapBudget budget;
    private final MessagePassingQueue<Mirrored> queue;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong rowsToPoll = new AtomicLong();
    /// Rows that end the consumer's sleep; waking it for each would cost the champion's thread a system call each.
    private volatile long rowsWanted = 1;
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
        long itsRows = mirrored.rows();
        long itsBytes = mirrored.heldBytes();
        if (rows.addAndGet(itsRows) > rowsMax) {
            rows.addAndGet(-itsRows);
            return ShedReason.QUEUE_FULL;
        }
        long held = bytes.addAndGet(itsBytes);
        if (held > bytesMax || !budget.take(itsBytes, held)) {
            rows.addAndGet(-itsRows);
            bytes.addAndGet(-itsBytes);
            return ShedReason.BYTES_FULL;
        }
        if (!queue.offer(mirrored)) {
            release(mirrored);
            return ShedReason.QUEUE_FULL;
        }
        if (rowsToPoll.addAndGet(itsRows) >= rowsWanted) {
            wake();
        }
        return null;
    }

    /// The next request, or null. Its rows and bytes stay booked until [#release]. Consumer only.
    @Nullable
    Mirrored poll() {
        Mirrored next = queue.relaxedPoll();
        if (next != null) {
            rowsToPoll.addAndGet(-next.rows());
        }
        return next;
    }

    /// Gives back the room of a request that was taken, once nothing of the shadow side holds it any more. Any thread.
    void release(Mirrored mirrored) {
        rows.addAndGet(-mirrored.rows());
        long itsBytes = mirrored.heldBytes();
        bytes.addAndGet(-itsBytes);
        budget.giveBack(itsBytes);
    }

    /// Sleeps until there are so many rows to poll, at most `nanos`. Consumer only.
    void await(long wanted, long nanos) {
        rowsWanted = wanted;
        parked = Thread.currentThread();
        // Looked at after publishing both, so that an offer in between cannot be missed.
        if (rowsToPoll.get() < wanted) {
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

    /// How full it is, by rows, by bytes or by its part of what all share, 0 to 1. What is being run or compared still takes
    /// room; what other queues hold only makes the part smaller.
    double fullness() {
        long held = bytes.get();
        double own = Math.max((double) rows.get() / rowsMax, (double) held / bytesMax);
        return Math.min(1, Math.max(own, budget.fullness(held)));
    }
}
