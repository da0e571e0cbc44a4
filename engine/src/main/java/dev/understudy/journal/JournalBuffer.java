package dev.understudy.journal;

import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What waits for the writer, and the account of it. Thread-safe: many appenders, one writer, one lock that is never
/// held over I/O.
final class JournalBuffer {
    /// What the writer takes at one time: everything that waits, so that a ledger never reaches the disk before the
    /// rows that were appended before it.
    record Batch(List<JournalEntry> rows, Map<Pair, LedgerCounts> ledgers) {}

    private final JournalLimits.Buffer limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final Condition settled = lock.newCondition();
    private List<JournalEntry> rows = new ArrayList<>();
    private Map<Pair, LedgerCounts> ledgers = new LinkedHashMap<>();
    private long waitingBytes;
    private long appended;
    private long committed;
    private long lost;
    private long takes;
    private long settledTakes;
    private boolean flushWanted;
    private boolean failing;
    private boolean closed;

    JournalBuffer(JournalLimits.Buffer limits) {
        this.limits = limits;
    }

    /// Takes `entry`, waiting for room at most the limit. While the writer fails, and once closed, a row without room
    /// is lost at once.
    ///
    /// @return false when the row was counted as lost; an interrupt while waiting loses it too and stays set
    boolean append(JournalEntry entry) {
        lock.lock();
        try {
            appended++;
            long leftNanos = limits.appendWaitNanos();
            while (!closed && !fits(entry)) {
                if (failing || leftNanos <= 0) {
                    lost++;
                    return false;
                }
                leftNanos = room.awaitNanos(leftNanos);
            }
            if (closed) {
                lost++;
                return false;
            }
            rows.add(entry);
            waitingBytes += entry.bytes();
            if (rows.size() == 1 || rows.size() >= limits.commitRows()) {
                work.signal();
            }
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            lost++;
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(JournalEntry entry) {
        return rows.isEmpty()
                || (rows.size() < limits.rowsMax() && waitingBytes + entry.bytes() <= limits.bytesMax());
    }

    /// Puts the pair's latest ledger in place of the one before; never waits.
    void ledger(Pair pair, LedgerCounts ledger) {
        lock.lock();
        try {
            if (!closed) {
                ledgers.put(pair, ledger);
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits for something to commit, then until enough waits, the interval has passed or a flush asks. The writer
    /// says how it went with [#committed], [#lost] and at last [#settled].
    ///
    /// @return null when the journal is closed and nothing is left
    @Nullable
    Batch take() throws InterruptedException {
        lock.lock();
        try {
            while (isEmpty() && !closed) {
                work.await();
            }
            long leftNanos = limits.commitIntervalNanos();
            while (rows.size() < limits.commitRows() && !flushWanted && !closed && leftNanos > 0) {
                leftNanos = work.awaitNanos(leftNanos);
            }
            if (isEmpty()) {
                return null;
            }
            Batch batch = new Batch(rows, ledgers);
            clear();
            takes++;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /// `count` rows of the batch in hand are on disk; the writer is well.
    void committed(long count) {
        lock.lock();
        try {
            committed += count;
            failing = false;
        } finally {
            lock.unlock();
        }
    }

    /// `count` rows of the batch in hand are given up.
    void lost(long count) {
        lock.lock();
        try {
            lost += count;
        } finally {
            lock.unlock();
        }
    }

    /// Nothing of the batch in hand is left.
    void settled() {
        lock.lock();
        try {
            settledTakes = takes;
            settled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// A commit failed: appends stop waiting for room until one succeeds. Waits `nanos`, not at all once closed.
    ///
    /// @return false when the journal is closed
    boolean failed(long nanos) throws InterruptedException {
        lock.lock();
        try {
            failing = true;
            room.signalAll();
            settled.signalAll();
            long leftNanos = nanos;
            while (!closed && leftNanos > 0) {
                leftNanos = work.awaitNanos(leftNanos);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /// Has everything appended before this call committed now, and waits for it.
    ///
    /// @return false when the writer is failing
    boolean flush() throws InterruptedException {
        lock.lock();
        try {
            if (closed && failing) {
                return false;
            }
            long wanted = isEmpty() ? takes : takes + 1;
            flushWanted = wanted > takes;
            work.signal();
            while (settledTakes < wanted && !failing) {
                settled.await();
            }
            return settledTakes >= wanted;
        } finally {
            lock.unlock();
        }
    }

    /// Refuses further rows; what waits can still be taken.
    void close() {
        lock.lock();
        try {
            closed = true;
            work.signal();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The writer is gone: what waits is lost, and every later row.
    ///
    /// @param inHand rows of the batch it had taken
    void abandon(long inHand) {
        lock.lock();
        try {
            closed = true;
            failing = true;
            lost += inHand + rows.size();
            rows.forEach(JournalEntry::lost);
            clear();
            settled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    JournalCounts counts() {
        lock.lock();
        try {
            return new JournalCounts(appended, committed, lost, appended - committed - lost);
        } finally {
            lock.unlock();
        }
    }

    private boolean isEmpty() {
        return rows.isEmpty() && ledgers.isEmpty();
    }

    private void clear() {
        rows = new ArrayList<>();
        ledgers = new LinkedHashMap<>();
        waitingBytes = 0;
        flushWanted = false;
        room.signalAll();
    }
}
