package dev.understudy.journal;

import java.util.concurrent.TimeUnit;

/// What the journal may use of memory and disk. Immutable; every bound is at least 1 unless said otherwise.
public record JournalLimits(Buffer buffer, Retention retention, Captures captures, Database database) {
    public static final JournalLimits DEFAULTS = new JournalLimits(
            new Buffer(8192, 64L << 20, 1024, TimeUnit.MILLISECONDS.toNanos(500), TimeUnit.SECONDS.toNanos(1), 16),
            new Retention(1_000_000, 250_000, 10_000, 1_000_000),
            new Captures(32, 1000, 16L << 20, 16, 60_000, 20_261_122),
            new Database(256L << 20, 1L << 30, 16L << 20, 4));

    /// What waits between the shadow side and the writer.
    ///
    /// @param rowsMax             rows waiting; enough for a slow commit at full speed without holding the shadow back
    /// @param bytesMax            memory that captured requests hold while they wait, because a few rows can hold very much; a
    ///                            single larger row is taken when nothing else waits
    /// @param commitRows          rows that are committed at once, without waiting for the interval
    /// @param commitIntervalNanos longest time a row waits for its commit to begin; half the second that a kill may cost
    /// @param appendWaitNanos     longest time an append waits for room before its row is counted as lost
    /// @param attemptsMax         failed commits in succession after which the row in the way is counted as lost; above
    ///                            log2 of `rowsMax`, because each failure halves what is tried
    public record Buffer(int rowsMax, long bytesMax, int commitRows, long commitIntervalNanos, long appendWaitNanos,
            int attemptsMax) {
        public Buffer {
            atLeast(1, rowsMax, "rowsMax");
            atLeast(1, bytesMax, "bytesMax");
            atLeast(1, commitRows, "commitRows");
            atLeast(1, commitIntervalNanos, "commitIntervalNanos");
            atLeast(0, appendWaitNanos, "appendWaitNanos");
            atLeast(1, attemptsMax, "attemptsMax");
        }
    }

    /// How much raw record is kept. Per-minute counts are not in here: they live as long as their evaluation.
    ///
    /// @param rowsMax        comparisons and their output rows, all pairs together, oldest deleted first; bounds the file
    /// @param rowsPerPairMax the same for one pair, so that a busy model does not push out the others
    /// @param eventsMax      events, oldest deleted first
    /// @param answersMax     requests whose answers are held until their label comes, and labels held until their request
    ///                       is compared, all models together, oldest deleted first; bounds how late a label may be
    public record Retention(long rowsMax, long rowsPerPairMax, long eventsMax, long answersMax) {
        public Retention {
            atLeast(1, rowsMax, "rowsMax");
            atLeast(1, rowsPerPairMax, "rowsPerPairMax");
            atLeast(1, eventsMax, "eventsMax");
            atLeast(1, answersMax, "answersMax");
        }

        /// Rows written between two trims: the bounds may be passed by this many, so that deleting stays cheap.
        public long slackRows() {
            return Math.max(1, Math.min(rowsMax, rowsPerPairMax) / 10);
        }
    }

    /// How many requests are kept with their tensors. The disk they take is at most
    /// `2 * pairsMax * bytesMax`, worst and sample together.
    ///
    /// @param worstMax       most different requests kept a pair, as many as a person looks through
    /// @param sampleMax      size of the uniform sample a pair, enough for a verdict on it where the bytes allow
    /// @param bytesMax       bytes of tensors of each kind a pair; a larger request is not captured
    /// @param pairsMax       pairs with captures; a new pair takes the place of the one longest without comparisons
    /// @param pairIdleMillis time without comparisons before a pair may lose its place
    /// @param seed           of the uniform sample
    public record Captures(int worstMax, int sampleMax, long bytesMax, int pairsMax, long pairIdleMillis, long seed) {
        public Captures {
            atLeast(1, worstMax, "worstMax");
            atLeast(1, sampleMax, "sampleMax");
            atLeast(1, bytesMax, "bytesMax");
            atLeast(1, pairsMax, "pairsMax");
            atLeast(0, pairIdleMillis, "pairIdleMillis");
        }
    }

    /// What the embedded database may use; by itself it would take most of the memory and every core.
    ///
    /// @param memoryBytesMax its memory, outside the Java heap; sorting beyond it goes to disk
    /// @param tempBytesMax   disk for such sorting
    /// @param walBytesMax    size of the write-ahead log at which it is folded into the file; bounds the start after a kill
    /// @param readersMax     reads at one time; more wait, because each holds memory
    public record Database(long memoryBytesMax, long tempBytesMax, long walBytesMax, int readersMax) {
        public Database {
            atLeast(1, memoryBytesMax, "memoryBytesMax");
            atLeast(1, tempBytesMax, "tempBytesMax");
            atLeast(1, walBytesMax, "walBytesMax");
            atLeast(1, readersMax, "readersMax");
        }
    }

    public JournalLimits withBuffer(Buffer other) {
        return new JournalLimits(other, retention, captures, database);
    }

    public JournalLimits withRetention(Retention other) {
        return new JournalLimits(buffer, other, captures, database);
    }

    public JournalLimits withCaptures(Captures other) {
        return new JournalLimits(buffer, retention, other, database);
    }

    private static void atLeast(long least, long value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ": " + value);
        }
    }
}
