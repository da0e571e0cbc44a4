package dev.understudy.journal;

import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.duckdb.DuckDBConnection;

/// Where the journal is read: each read on a connection of its own, a bounded number of them at one time. Thread-safe.
///
/// A disk that hangs gives neither an answer nor an error, and no interrupt ends a call to it. So what must not wait for it
/// for ever is read on a thread of its own, which is left behind when the time is out; from then on such reads are refused at
/// once, until one that was left behind comes to its end. So there are never more of them than have asked at one time.
final class ReadDesk {
    interface Query<T> {
        T on(DuckDBConnection connection) throws SQLException;
    }

    private final JournalDatabase database;
    private final int readersMax;
    private final Semaphore places;
    private final long answerWaitNanos;
    private volatile boolean silent;
    private volatile boolean closed;

    ReadDesk(JournalDatabase database, int readersMax, long answerWaitNanos) {
        this.database = database;
        this.readersMax = readersMax;
        this.answerWaitNanos = answerWaitNanos;
        places = new Semaphore(readersMax, true);
    }

    /// Whether a read was left behind and has not ended.
    boolean isSilent() {
        return silent;
    }

    /// Reads, however long it takes; waits while too many others do.
    <T> T read(Query<T> query) throws JournalException {
        places.acquireUninterruptibly();
        try {
            if (closed) {
                throw new JournalException("the journal is closed");
            }
            try (DuckDBConnection connection = database.duplicate()) {
                connection.setAutoCommit(false);
                T result = query.on(connection);
                connection.rollback();
                return result;
            }
        } catch (SQLException e) {
            throw new JournalException("the journal cannot be read: " + database.describe(e), e);
        } finally {
            places.release();
        }
    }

    /// Reads within the time that is given to the disk.
    ///
    /// @throws JournalException also when the time is out
    <T> T readInTime(Query<T> query) throws JournalException {
        if (silent) {
            throw new JournalException(noAnswer(answerWaitNanos));
        }
        return inTime(() -> read(query));
    }

    /// Waits for reads to end and closes the database, within the time that is given to the disk.
    void close() throws JournalException {
        closed = true;
        inTime(() -> {
            places.acquireUninterruptibly(readersMax);
            try {
                database.close();
                return Boolean.TRUE;
            } catch (SQLException e) {
                throw new JournalException("the journal did not close cleanly: " + database.describe(e), e);
            } finally {
                places.release(readersMax);
            }
        });
    }

    /// An interrupt does not cut it short; it stays set.
    private <T> T inTime(Callable<T> work) throws JournalException {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().name("understudy-journal-read").daemon().start(() -> {
            task.run();
            silent = false;
        });
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get(answerWaitNanos, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            silent = true;
            if (task.isDone()) {
                // It ended meanwhile, and may have said so before we said the contrary.
                silent = false;
            }
            throw new JournalException(noAnswer(answerWaitNanos), e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case JournalException refused -> throw refused;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("a read of the journal broke", e.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// What is said of a journal that hangs.
    static String noAnswer(long waitedNanos) {
        return "the journal has not answered for " + TimeUnit.NANOSECONDS.toSeconds(waitedNanos)
                + " s; see whether the disk of the state folder hangs";
    }
}
