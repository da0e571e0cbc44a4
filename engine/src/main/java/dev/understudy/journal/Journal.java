package dev.understudy.journal;

import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.MinuteCounts;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Verdict;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The durable record of an understudy's rehearsals: `journal.duckdb` in the state directory. Thread-safe.
///
/// Appends wait for room when the writer is behind: that back-pressure belongs to the shadow side. **Nothing of this
/// class may be called on a thread that a champion's request waits for.** One thread, `understudy-journal`, commits
/// what was appended about twice a second; a kill of the process loses at most the last second. A failing disk never
/// stops the process: see [#failure] and [#lostRows]. A file that cannot be used when the journal is opened is left alone to
/// the last byte, and the journal fails for as long as it lives: whatever is appended is lost, and counted. Reads see what is
/// committed, run on connections of their own, and are bounded in number; a further one waits.
///
/// The file may be opened by one process at a time; docs/journal.md describes its tables.
public final class Journal implements AutoCloseable {
    private final JournalDatabase database;
    private final EvidenceBook book;
    private final JournalBuffer buffer;
    private final CaptureSelection selection;
    private final JournalWriter writer;
    private final Thread thread;
    private final ReadConnections reads;

    private Journal(JournalDatabase database, EvidenceBook book, CaptureSelection selection,
            @Nullable JournalStore store, JournalLimits limits, InstantSource clock) {
        this.database = database;
        this.book = book;
        this.selection = selection;
        buffer = new JournalBuffer(limits.buffer());
        writer = new JournalWriter(database, book, buffer, selection, store, limits, clock);
        reads = new ReadConnections(database, limits.database().readersMax());
        thread = Thread.ofPlatform().name("understudy-journal").daemon().unstarted(writer);
    }

    /// Opens the journal in `directory`, which is made when it does not exist, and starts its writer. When another journal
    /// or process holds the file, when it is damaged, of another schema version, or cannot be read or written, [#failure]
    /// says so from then on.
    public static Journal open(Path directory, JournalLimits limits) {
        return open(directory, limits, InstantSource.system());
    }

    static Journal open(Path directory, JournalLimits limits, InstantSource clock) {
        JournalDatabase database = JournalDatabase.open(directory, limits.database());
        EvidenceBook book = new EvidenceBook();
        CaptureSelection selection = new CaptureSelection(limits.captures());
        JournalStore store = null;
        if (database.refusal().isEmpty()) {
            try {
                new EvidenceReader(database.connection()).restore(selection);
                store = new JournalStore(database.connection(), book);
            } catch (SQLException | RuntimeException e) {
                database.leaveAlone(e);
            }
        }
        Journal journal = new Journal(database, book, selection, store, limits, clock);
        if (store == null) {
            journal.buffer.abandon(0);
        } else {
            journal.thread.start();
        }
        return journal;
    }

    /// Records a comparison, and its tensors when they are among the worst or in the sample of their pair. Waits for
    /// room. The tensors must live on the heap, as all request and response tensors do. Each segment costs a row a
    /// minute for as long as the evaluation lives, so the caller bounds how many there are.
    ///
    /// @param seen what it gives to the evidence, recorded with it or not at all
    /// @return false when it found no room and was counted as lost, so it is no evidence either
    public boolean append(Capture capture, Seen seen) {
        CaptureSelection.Decision decision = selection.offer(capture.comparison(), capture.byteSize());
        Capture kept = decision.keeps() ? capture : null;
        boolean taken = buffer.append(new JournalEntry.Compared(capture.comparison(), kept, decision, seen));
        if (!taken) {
            selection.release(decision);
        }
        return taken;
    }

    /// For tests of what is not evidence.
    boolean append(Capture capture) {
        return append(capture, Seen.NOTHING);
    }

    /// Records evidence that comes without a comparison. Waits for room.
    ///
    /// @return false when it found no room and was counted as lost
    public boolean append(Pair pair, long timeMillis, Seen seen) {
        return buffer.append(new JournalEntry.Observed(pair, timeMillis, seen));
    }

    /// An evaluation begins under these terms, or goes on. Comes before everything else about the pair. Waits for room.
    public void begin(Pair pair, long timeMillis, Terms terms) {
        buffer.append(new JournalEntry.Begun(pair, timeMillis, terms));
    }

    /// Records labels and joins them with what was answered to their requests, at once or when it comes. Returns when that
    /// is on disk.
    ///
    /// @throws JournalException when they cannot be recorded now. Giving them again is harmless: none counts twice
    public FeedbackOutcome feedback(String model, List<Label> labels) throws JournalException, InterruptedException {
        FeedbackTicket ticket = new FeedbackTicket();
        if (!buffer.append(new JournalEntry.Labelled(model, labels, ticket)) || !buffer.flush()) {
            throw new JournalException("the labels cannot be recorded now; send them again later, none counts twice");
        }
        return ticket.await();
    }

    /// Records an event. Waits for room.
    public void append(JournalEvent event) {
        buffer.append(new JournalEntry.Happened(event));
    }

    /// Saves the pair's ledger with the next commit; a later one replaces it. It never reaches the disk before rows
    /// that were appended before it. Does not wait.
    public void saveLedger(Pair pair, LedgerCounts counts) {
        buffer.ledger(pair, counts);
    }

    /// Commits everything appended before this call, and waits for it.
    ///
    /// @return false when the writer is failing
    public boolean flush() throws InterruptedException {
        return buffer.flush();
    }

    /// How far the journal is safe on disk.
    public Position committed() {
        return writer.committed();
    }

    /// For tests: appended, committed, lost and pending rows since the journal was opened.
    JournalCounts counts() {
        return buffer.counts();
    }

    /// Rows given up since the journal was opened.
    public long lostRows() {
        return buffer.counts().lost();
    }

    /// Why the writer cannot commit at present; empty again after the next commit, unless the file is left alone.
    public Optional<String> failure() {
        return database.refusal().or(writer::failure).or(() -> database.isGone()
                ? Optional.of("its file is gone, and with it all that was recorded; start the server again")
                : Optional.empty());
    }

    /// The comparisons of a pair that are still kept.
    ///
    /// @param segment only this one; the empty string for requests without a segment, null for all
    public List<StoredComparison> comparisons(Pair pair, Order order, int limit, @Nullable String segment)
            throws JournalException {
        return reads.run(connection -> new JournalReader(connection).comparisons(pair, order, limit, segment));
    }

    /// A captured request with its tensors.
    public Optional<Capture> capture(Pair pair, String requestId) throws JournalException {
        return reads.run(connection -> new JournalReader(connection).capture(pair, requestId));
    }

    /// The latest events of a model, the latest first.
    public List<JournalEvent> events(String model, int limit) throws JournalException {
        return reads.run(connection -> new JournalReader(connection).events(model, limit));
    }

    /// Ledger and agreement of a pair, empty when it was never recorded.
    public Optional<Evaluation> evaluation(Pair pair) throws JournalException {
        return reads.run(connection -> new EvidenceReader(connection).evaluation(pair));
    }

    /// SHA-256 of every champion and challenger there is evidence of, whatever the model and the rules: their copies
    /// are what the evidence is about.
    public Set<String> sha256WithEvidence() throws JournalException {
        return reads.run(connection -> new EvidenceReader(connection).sha256());
    }

    /// The account of all labels a model was ever given.
    public FeedbackCounts feedback(String model) throws JournalException {
        return reads.run(connection -> new EvidenceReader(connection).feedback(model));
    }

    /// The verdict on a pair, from the evidence as it is on disk; empty when the pair was never recorded.
    ///
    /// @param nowMinute of the judgement, minutes since the epoch
    /// @param ledger    the account of the evaluation
    public Optional<Verdict> verdict(Pair pair, LedgerCounts ledger, long nowMinute) throws JournalException {
        return reads.run(connection -> new EvidenceReader(connection).verdict(pair, ledger, nowMinute, book));
    }

    /// The same, with nothing taken from memory: the evidence is summed up anew from its rows.
    public Optional<Verdict> recomputed(Pair pair, LedgerCounts ledger, long nowMinute) throws JournalException {
        return reads.run(connection -> new EvidenceReader(connection).recomputed(pair, ledger, nowMinute));
    }

    /// The per-minute counts of a pair, by minute and segment.
    public List<MinuteCounts> minutes(Pair pair) throws JournalException {
        return reads.run(connection -> new EvidenceReader(connection).minutes(pair));
    }

    /// Inputs of different requests captured for a model, whatever the pair, the latest first: to warm up a challenger.
    public List<List<Tensor>> recordedInputs(String model, int limit) throws JournalException {
        return reads.run(connection -> new JournalReader(connection).recordedInputs(model, limit));
    }

    /// Writes the kept comparisons of a pair to a Parquet file, one row an output, replacing what is there.
    public void exportComparisons(Pair pair, Path file) throws JournalException {
        reads.run(connection -> {
            new JournalReader(connection).export(pair, file);
            return Boolean.TRUE;
        });
    }

    /// Writes what is captured of a model, and what it was judged by, to a new journal file that [JournalArchive] reads.
    ///
    /// @param directory exists and is empty
    public void exportCaptures(String model, Path directory) throws JournalException {
        reads.run(connection -> {
            CaptureExport.write(connection, model, directory);
            return Boolean.TRUE;
        });
    }

    /// For tests that break the file under the writer.
    JournalDatabase database() {
        return database;
    }

    /// Commits what was appended, waits for reads to end and closes the file, which any DuckDB can then open. Rows
    /// appended later are counted as lost. An interrupt does not cut it short; it stays set.
    @Override
    public void close() throws JournalException {
        if (!reads.refuse()) {
            return;
        }
        buffer.close();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        reads.awaitEnd();
        try {
            database.close();
        } catch (SQLException e) {
            throw new JournalException("the journal did not close cleanly: " + database.describe(e), e);
        }
    }
}
