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
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Task;
import dev.understudy.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// An engine and a journal that hold what a test puts into them. Thread-safe.
final class StageView implements ControlView {
    volatile boolean ready = true;
    volatile List<ModelStatus> models = List.of();
    volatile List<String> alerts = List.of();
    volatile List<ServingStatistics> statistics = List.of();
    volatile List<StoredComparison> comparisons = List.of();
    volatile List<JournalEvent> events = List.of();
    volatile @Nullable Capture capture;
    volatile JournalHealth health = new JournalHealth(Optional.empty(), 0, Position.START);
    volatile @Nullable JournalException journalFault;
    volatile @Nullable RuntimeException statusFault;
    volatile @Nullable Task task = new Task(Task.Type.CLASSIFICATION, "scores", List.of());
    volatile boolean criteriaFault;
    volatile @Nullable GpuReading gpu;
    final List<Label> labels = new CopyOnWriteArrayList<>();
    volatile byte[] export = new byte[0];

    /// What was asked of the view, in order: `comparisons WORST 20 null`.
    final List<String> asked = new CopyOnWriteArrayList<>();
    /// Keys of the evaluations that were asked for, in order.
    final List<Pair> pairs = new CopyOnWriteArrayList<>();
    final List<String> faults = new CopyOnWriteArrayList<>();
    final List<Throwable> connectionFaults = new CopyOnWriteArrayList<>();
    final List<Path> exportFiles = new CopyOnWriteArrayList<>();

    private void maybeFail() throws JournalException {
        JournalException fault = journalFault;
        if (fault != null) {
            throw fault;
        }
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public List<ModelStatus> status() {
        RuntimeException fault = statusFault;
        if (fault != null) {
            throw fault;
        }
        return models;
    }

    @Override
    public Optional<ModelStatus> status(String model) {
        return models.stream().filter(each -> each.name().equals(model)).findFirst();
    }

    @Override
    public List<String> alerts() {
        return alerts;
    }

    @Override
    public List<ServingStatistics> statistics() {
        return statistics;
    }

    @Override
    public boolean setSampling(String model, double rate) {
        asked.add("sampling " + model + " " + rate);
        return status(model).isPresent();
    }

    @Override
    public Maintenance.Account maintenance() {
        return new Maintenance.Account(true, 3, 1_500_000_000, 40, 25_000_000);
    }

    @Override
    public Optional<GpuReading> gpu() {
        return Optional.ofNullable(gpu);
    }

    @Override
    public Optional<Task> task(String model) {
        return Optional.ofNullable(task);
    }

    @Override
    public Optional<CriteriaInForce> setCriteria(String model, @Nullable Criteria criteria, String by)
            throws IOException {
        asked.add("criteria " + model + " " + (criteria == null ? "" : criteria.text()) + " " + by);
        if (criteriaFault) {
            throw new IOException("the disk is full");
        }
        return status(model).map(found -> criteria == null
                ? found.criteria()
                : new CriteriaInForce(criteria, CriteriaInForce.Source.API, by, 1_000));
    }

    @Override
    public List<String> problems(String model, Criteria criteria) {
        return criteria.outputs().stream().map(output -> "criteria: the model has no output " + output).toList();
    }

    @Override
    public FeedbackOutcome feedback(String model, List<Label> given) throws JournalException {
        maybeFail();
        labels.addAll(given);
        return new FeedbackOutcome(given.size(), given.size() - 1, 0, 1, 0, List.of("r9"), List.of());
    }

    @Override
    public FeedbackCounts feedback(String model) throws JournalException {
        maybeFail();
        return new FeedbackCounts(10, 5, 2, 2, 1, 1);
    }

    @Override
    public Optional<Verdict> verdict(ModelStatus.Challenger challenger, boolean recompute) throws JournalException {
        maybeFail();
        return challenger.verdict();
    }

    @Override
    public List<StoredComparison> comparisons(Pair pair, Order order, int limit, @Nullable String segment)
            throws JournalException {
        maybeFail();
        pairs.add(pair);
        asked.add("comparisons " + pair.challenger().charAt(0) + " " + order + " " + limit + " " + segment);
        return comparisons;
    }

    @Override
    public Optional<Capture> capture(Pair pair, String requestId) throws JournalException {
        maybeFail();
        Capture known = capture;
        return known != null && known.comparison().requestId().equals(requestId)
                ? Optional.of(known)
                : Optional.empty();
    }

    @Override
    public Optional<Evaluation> evaluation(Pair pair) throws JournalException {
        maybeFail();
        pairs.add(pair);
        return Optional.of(new Evaluation(pair, LedgerCounts.ZERO, Agreement.NONE, 1_000));
    }

    @Override
    public List<JournalEvent> events(String model, int limit) throws JournalException {
        maybeFail();
        asked.add("events " + model + " " + limit);
        return events;
    }

    @Override
    public JournalHealth journal() {
        return health;
    }

    @Override
    public void exportComparisons(Pair pair, Path parquet) throws JournalException {
        pairs.add(pair);
        exportFiles.add(parquet);
        maybeFail();
        try {
            Files.write(parquet, export);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void exportCaptures(String model, Path duckdb) throws JournalException {
        asked.add("captures " + model);
        exportFiles.add(duckdb);
        maybeFail();
        try {
            Files.write(duckdb, export);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long clientConnectionFaults() {
        return connectionFaults.size();
    }

    @Override
    public void connectionFault(Throwable fault) {
        connectionFaults.add(fault);
    }

    @Override
    public void fault(String message) {
        faults.add(message);
    }
}
