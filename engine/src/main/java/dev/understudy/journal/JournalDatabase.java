package dev.understudy.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// The database file, open or left alone. Thread-safe; the connection it lends belongs to the writer, readers duplicate their
/// own.
///
/// A file that cannot be used when it is opened is left alone, to the last byte, until the process ends: what was begun
/// without the record in it must not be written into it later.
///
/// The database locks its file against other processes, but the lock belongs to the process and ends when *any*
/// handle of the process on that file closes. So nothing else here may open the file, and a second journal on the
/// same directory is refused before it touches it.
final class JournalDatabase implements AutoCloseable {
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();
    private static final String FILE = "journal.duckdb";

    private final Path directory;
    private final JournalLimits.Database limits;
    /// Null once the file is left alone, and then `refusal` is not.
    private @Nullable DuckDBConnection connection;
    private volatile @Nullable String refusal;

    private JournalDatabase(Path directory, JournalLimits.Database limits, @Nullable DuckDBConnection connection,
            @Nullable String refusal) {
        this.directory = directory;
        this.limits = limits;
        this.connection = connection;
        this.refusal = refusal;
    }

    /// Opens the file, making it and its directory where they are missing, or leaves it alone.
    static JournalDatabase open(Path directory, JournalLimits.Database limits) {
        try {
            return opened(directory, limits);
        } catch (JournalException e) {
            return new JournalDatabase(directory, limits, null, leftAlone(e));
        }
    }

    private static JournalDatabase opened(Path directory, JournalLimits.Database limits) throws JournalException {
        Path real;
        try {
            real = Files.createDirectories(directory).toRealPath();
        } catch (IOException e) {
            throw new JournalException("the journal's directory cannot be made or read; clear its place", e);
        }
        if (!OPEN.add(real)) {
            throw new JournalException("the journal is already open in this process");
        }
        boolean opened = false;
        try {
            DuckDBConnection connection = connect(real, limits);
            opened = true;
            return new JournalDatabase(real, limits, connection, null);
        } finally {
            if (!opened) {
                OPEN.remove(real);
            }
            DriverLibrary.deleteUnpacked();
        }
    }

    /// A connection to the file of a journal that nobody has open, for reading only; to be closed by the caller.
    static DuckDBConnection readOnly(Path directory, JournalLimits.Database limits) throws JournalException {
        if (!Files.isRegularFile(directory.resolve(FILE))) {
            throw new JournalException("there is no journal here");
        }
        Properties settings = settings(directory, limits);
        settings.put("access_mode", "READ_ONLY");
        DuckDBConnection opened = attach(directory, settings, JournalSchema::check);
        DriverLibrary.deleteUnpacked();
        return opened;
    }

    /// The writer's connection, in manual commit. What opening did to the file, such as bringing it up to today's tables, is for
    /// the first [JournalStore] on it to commit, once all that has to be read could be.
    synchronized DuckDBConnection connection() throws SQLException {
        DuckDBConnection opened = connection;
        if (opened == null) {
            throw new SQLException("it was left alone when the server started");
        }
        return opened;
    }

    /// Why the file is left alone and what to do, in one sentence; empty where it is open.
    Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    /// Closes a file that could be opened and cannot be used all the same.
    synchronized void leaveAlone(Exception cause) {
        JournalException why = DatabaseFailure.refusal(cause, directory);
        closeQuietly(connection, why);
        connection = null;
        refusal = leftAlone(why);
        OPEN.remove(directory);
    }

    /// A connection of the caller's own, to be closed by it.
    synchronized DuckDBConnection duplicate() throws SQLException {
        return connection().duplicate();
    }

    /// Closes the connection and opens the file again: after some failures, such as a full disk, the database refuses
    /// everything until then.
    synchronized void reopen() throws SQLException, JournalException {
        try {
            connection().close();
        } finally {
            connection = connect(directory, limits);
        }
    }

    /// What went wrong, in one line and without the place of the files.
    String describe(Throwable cause) {
        return DatabaseFailure.brief(cause, directory);
    }

    /// Whether the file was deleted from under the database, which goes on writing and does not notice.
    boolean isGone() {
        return refusal == null && !Files.exists(directory.resolve(FILE));
    }

    /// Folds the write-ahead log into the file and closes it.
    @Override
    public synchronized void close() throws SQLException {
        if (connection == null) {
            return;
        }
        try (DuckDBConnection closing = connection; Statement statement = closing.createStatement()) {
            closing.rollback();
            closing.setAutoCommit(true);
            statement.execute("CHECKPOINT");
        } finally {
            OPEN.remove(directory);
        }
    }

    private static Properties settings(Path directory, JournalLimits.Database limits) {
        Properties settings = new Properties();
        settings.put("threads", "1");
        settings.put("memory_limit", limits.memoryBytesMax() + "B");
        settings.put("temp_directory", directory.resolve("journal.tmp").toString());
        settings.put("max_temp_directory_size", limits.tempBytesMax() + "B");
        settings.put("autoinstall_known_extensions", "false");
        settings.put("autoload_known_extensions", "false");
        return settings;
    }

    private static DuckDBConnection connect(Path directory, JournalLimits.Database limits) throws JournalException {
        Properties settings = settings(directory, limits);
        settings.put("checkpoint_threshold", limits.walBytesMax() + "B");
        return attach(directory, settings, JournalSchema::prepare);
    }

    /// What is done with a file before it is used, in a transaction that is left open.
    private interface Inspection {
        void inspect(DuckDBConnection opened) throws SQLException, JournalException;
    }

    private static DuckDBConnection attach(Path directory, Properties settings, Inspection inspection)
            throws JournalException {
        DuckDBConnection opened = null;
        try {
            opened = DriverManager.getConnection("jdbc:duckdb:" + directory.resolve(FILE), settings)
                    .unwrap(DuckDBConnection.class);
            leaveAsItIsOnClose(opened);
            opened.setAutoCommit(false);
            inspection.inspect(opened);
            return opened;
        } catch (SQLException | RuntimeException | LinkageError e) {
            closeQuietly(opened, e);
            throw DatabaseFailure.refusal(e, directory);
        } catch (JournalException e) {
            closeQuietly(opened, e);
            throw e;
        }
    }

    /// Else closing a file that turns out to be damaged would write into it. What is well, [#close] folds together.
    private static void leaveAsItIsOnClose(DuckDBConnection opened) throws SQLException {
        try (Statement statement = opened.createStatement()) {
            statement.execute("PRAGMA disable_checkpoint_on_shutdown");
        }
    }

    private static void closeQuietly(@Nullable DuckDBConnection opened, Throwable cause) {
        if (opened != null) {
            try {
                opened.close();
            } catch (SQLException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private static String leftAlone(JournalException why) {
        return why.getMessage()
                + "; what is there is left as it is, and nothing is recorded until the server is started"
                + " again";
    }
}
