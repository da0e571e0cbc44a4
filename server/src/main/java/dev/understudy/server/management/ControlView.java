package dev.understudy.server.management;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.CriteriaInForce;
import dev.understudy.engine.ModelStatus;
import dev.understudy.ffm.cuda.GpuReading;
import dev.understudy.journal.Capture;
import dev.understudy.journal.Evaluation;
import dev.understudy.journal.FeedbackCounts;
import dev.understudy.journal.FeedbackOutcome;
import dev.understudy.journal.JournalEvent;
import dev.understudy.journal.JournalException;
import dev.understudy.journal.Label;
import dev.understudy.journal.Order;
import dev.understudy.journal.Position;
import dev.understudy.journal.StoredComparison;
import dev.understudy.shadow.Maintenance;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Task;
import dev.understudy.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the control plane needs of the engine and its journal; the seam at which tests put a double. Thread-safe.
/// Every method may block.
interface ControlView {
    boolean ready();

    /// One consistent picture of all models, by name.
    List<ModelStatus> status();

    Optional<ModelStatus> status(String model);

    /// What a person should look at that concerns no model, one sentence each.
    List<String> alerts();

    List<ServingStatistics> statistics();

    /// False when there is no such model. The rate is within 0..1.
    boolean setSampling(String model, double rate);

    /// What a model's answers are about, empty when it declares no task or is unknown.
    Optional<Task> task(String model);

    /// Sets a model's criteria, with null goes back to those of its file; empty when there is no such model.
    Optional<CriteriaInForce> setCriteria(String model, @Nullable Criteria criteria, String by) throws IOException;

    /// What cannot be asked of a model's outputs by these criteria, one sentence each; none where no champion tells which
    /// outputs there are, or there is no such model.
    List<String> problems(String model, Criteria criteria);

    /// Joins labels with what was answered, and returns when that is durable.
    FeedbackOutcome feedback(String model, List<Label> labels) throws JournalException, InterruptedException;

    /// The account of all labels a model was given.
    FeedbackCounts feedback(String model) throws JournalException;

    /// The verdict on a challenger as of now, from what is on disk; empty before its evaluation is.
    ///
    /// @param recompute takes nothing from memory
    Optional<Verdict> verdict(ModelStatus.Challenger challenger, boolean recompute) throws JournalException;

    /// At most `limit` comparisons of the pair, of one segment when it is not null.
    List<StoredComparison> comparisons(Pair pair, Order order, int limit, @Nullable String segment)
            throws JournalException;

    Optional<Capture> capture(Pair pair, String requestId) throws JournalException;

    Optional<Evaluation> evaluation(Pair pair) throws JournalException;

    /// The latest events of a model, newest first.
    List<JournalEvent> events(String model, int limit) throws JournalException;

    JournalHealth journal();

    /// Writes all kept comparisons of the pair to a new Parquet file.
    void exportComparisons(Pair pair, Path parquet) throws JournalException;

    /// Writes what is captured of a model to a new journal file named `journal.duckdb`.
    void exportCaptures(String model, Path duckdb) throws JournalException;

    /// Loading and closing of challengers' sessions, and what champions answered meanwhile.
    Maintenance.Account maintenance();

    /// What the GPU is doing that models run on; empty where they run on the processor or nothing tells.
    Optional<GpuReading> gpu();

    /// Connections, of all planes, that a client reset or on which it broke the protocol, since the start.
    long clientConnectionFaults();

    /// Takes what went wrong on a connection of the control plane; the client's doing is only counted.
    void connectionFault(Throwable fault);

    /// Tells the operator of a fault of the control plane itself.
    void fault(String message);

    /// How well the record is being kept.
    ///
    /// @param failure   why nothing can be written at present, else empty
    /// @param lostRows  rows given up
    /// @param committed how far it is safe on disk
    record JournalHealth(Optional<String> failure, long lostRows, Position committed) {}
}
