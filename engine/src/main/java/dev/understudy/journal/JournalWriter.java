package dev.understudy.journal;

import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Drains the buffer into the database. Single writer: the thread `understudy-journal`, which alone runs [#run]; the
/// published fields may be read by any thread.
///
/// A failure never leaves this class. The batch in hand is tried again, halved each time, so that a row the database
/// will not take is found and given up while the rest is kept; a disk that is full costs the oldest row from time to
/// time, and new rows find the buffer full and are counted as lost.
final class JournalWriter implements Runnable {
    private final JournalDatabase database;
    private final EvidenceBook book;
    private final JournalBuffer buffer;
    private final CaptureSelection selection;
    private final JournalLimits limits;
    private final InstantSource clock;
    private @Nullable JournalStore store;
    private long batches;
    private long rowsSinceTrim;
    private long inHand;
    private volatile Position committed;
    private volatile @Nullable String failure;

    /// @param store null where the file is left alone; then it must not run
    JournalWriter(JournalDatabase database, EvidenceBook book, JournalBuffer buffer, CaptureSelection selection,
            @Nullable JournalStore store, JournalLimits limits, InstantSource clock) {
        this.database = database;
        this.book = book;
        this.buffer = buffer;
        this.selection = selection;
        this.limits = limits;
        this.clock = clock;
        this.store = store;
        batches = store == null ? 0 : store.batch();
        committed = store == null ? Position.START : store.position();
        rowsSinceTrim = limits.retention().slackRows();
    }

    Position committed() {
        return committed;
    }

    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void run() {
        boolean ended = false;
        List<JournalEntry> taken = List.of();
        try {
            for (JournalBuffer.Batch batch = buffer.take(); batch != null; batch = buffer.take()) {
                taken = batch.rows();
                inHand = batch.rows().size();
                commitAll(batch);
                trimWhenDue();
                buffer.settled();
            }
            ended = true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            if (!ended) {
                failure = "the writer has stopped";
            }
            // Whoever waits for a row that is on disk has been told already.
            taken.forEach(JournalEntry::lost);
            buffer.abandon(inHand);
        }
    }

    private void commitAll(JournalBuffer.Batch batch) throws InterruptedException {
        List<JournalEntry> left = batch.rows();
        int chunk = Math.max(1, left.size());
        int failures = 0;
        boolean ledgersLeft = !batch.ledgers().isEmpty();
        while (!left.isEmpty() || ledgersLeft) {
            int count = Math.min(chunk, left.size());
            boolean last = count == left.size();
            if (commit(left.subList(0, count), last ? batch.ledgers() : Map.of())) {
                left = left.subList(count, left.size());
                ledgersLeft &= !last;
                chunk *= 2;
                failures = 0;
                continue;
            }
            failures++;
            chunk = Math.max(1, count / 2);
            boolean open = buffer.failed(limits.buffer().commitIntervalNanos());
            boolean outOfReach = !open && store == null;
            if (outOfReach || failures >= limits.buffer().attemptsMax()) {
                int given = open ? count : left.size();
                giveUp(left.subList(0, given));
                left = left.subList(given, left.size());
                ledgersLeft &= open && !last;
                failures = 0;
            }
        }
    }

    private boolean commit(List<JournalEntry> rows, Map<Pair, LedgerCounts> ledgers) throws InterruptedException {
        try {
            ready().commit(rows, ledgers, clock.millis());
        } catch (SQLException | JournalException | RuntimeException e) {
            spoiled(e);
            if (!reachedDisk()) {
                return false;
            }
        }
        publish();
        failure = null;
        inHand -= rows.size();
        for (JournalEntry row : rows) {
            rowsSinceTrim += row.rows();
            row.committed();
        }
        buffer.committed(rows.size());
        return true;
    }

    /// The store, loaded anew after a failure.
    private JournalStore ready() throws SQLException, JournalException {
        JournalStore usable = store;
        if (usable == null) {
            try {
                database.connection().rollback();
                usable = new JournalStore(database.connection(), book);
            } catch (SQLException broken) {
                database.reopen();
                usable = new JournalStore(database.connection(), book);
            }
            store = usable;
        }
        return usable;
    }

    /// Whether the commit that seemed to fail was made all the same: then the file is one batch ahead of us. Waits
    /// until the file can be asked, because trying again without knowing could record the rows twice.
    private boolean reachedDisk() throws InterruptedException {
        while (true) {
            try {
                return ready().batch() > batches;
            } catch (SQLException | JournalException | RuntimeException e) {
                spoiled(e);
                if (!buffer.failed(limits.buffer().commitIntervalNanos())) {
                    return false;
                }
            }
        }
    }

    private void spoiled(Exception cause) {
        store = null;
        failure = database.describe(cause);
    }

    private void publish() {
        JournalStore usable = store;
        if (usable != null) {
            batches = usable.batch();
            committed = usable.position();
        }
    }

    private void giveUp(List<JournalEntry> rows) {
        for (JournalEntry row : rows) {
            if (row instanceof JournalEntry.Compared entry) {
                selection.release(entry.selection());
            }
            row.lost();
        }
        inHand -= rows.size();
        buffer.lost(rows.size());
    }

    /// A trim that fails costs no rows; the next batch finds out whether the database is well.
    private void trimWhenDue() {
        JournalStore usable = store;
        if (usable == null || rowsSinceTrim < limits.retention().slackRows()) {
            return;
        }
        try {
            usable.trim(limits);
            rowsSinceTrim = 0;
        } catch (SQLException | RuntimeException e) {
            spoiled(e);
        }
    }
}
