package dev.understudy.journal;

import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.duckdb.DuckDBConnection;

/// Reads of the journal, each on a connection of its own: so many at a time, and a further one waits. Thread-safe.
final class ReadConnections {
    private final JournalDatabase database;
    private final int readersMax;
    private final Semaphore readers;
    private final AtomicBoolean refusing = new AtomicBoolean();

    /// What is read, in a transaction that changes nothing.
    interface Query<T> {
        T on(DuckDBConnection connection) throws SQLException;
    }

    ReadConnections(JournalDatabase database, int readersMax) {
        this.database = database;
        this.readersMax = readersMax;
        readers = new Semaphore(readersMax, true);
    }

    /// Reads on the calling thread, after waiting for a place.
    ///
    /// @throws JournalException when reads are refused, or the database cannot be read
    <T> T run(Query<T> query) throws JournalException {
        readers.acquireUninterruptibly();
        try {
            if (refusing.get()) {
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
            readers.release();
        }
    }

    /// Lets no more reads begin.
    ///
    /// @return false when it was called before
    boolean refuse() {
        return refusing.compareAndSet(false, true);
    }

    /// Waits for the reads in progress, once further ones are refused.
    void awaitEnd() {
        readers.acquireUninterruptibly(readersMax);
        readers.release(readersMax);
    }
}
