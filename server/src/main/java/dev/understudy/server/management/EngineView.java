package dev.understudy.server.management;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.CriteriaInForce;
import dev.understudy.engine.Engine;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.ModelStatus;
import dev.understudy.ffm.cuda.GpuReading;
import dev.understudy.journal.Capture;
import dev.understudy.journal.Evaluation;
import dev.understudy.journal.FeedbackCounts;
import dev.understudy.journal.FeedbackOutcome;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalEvent;
import dev.understudy.journal.JournalException;
import dev.understudy.journal.Label;
import dev.understudy.journal.Order;
import dev.understudy.journal.StoredComparison;
import dev.understudy.server.plane.ConnectionFaults;
import dev.understudy.shadow.Maintenance;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Minute;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Task;
import dev.understudy.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The running engine as the control plane sees it. Thread-safe.
final class EngineView implements ControlView {
    private final Engine engine;
    private final ConnectionFaults connections;

    EngineView(Engine engine, ConnectionFaults connections) {
        this.engine = engine;
        this.connections = connections;
    }

    @Override
    public boolean ready() {
        return engine.ready();
    }

    @Override
    public List<ModelStatus> status() {
        return engine.status();
    }

    @Override
    public Optional<ModelStatus> status(String model) {
        return engine.status(model);
    }

    @Override
    public List<String> alerts() {
        return engine.alerts();
    }

    @Override
    public List<ServingStatistics> statistics() {
        return engine.statistics();
    }

    @Override
    public boolean setSampling(String model, double rate) {
        return engine.setSampling(model, rate);
    }

    @Override
    public Optional<Task> task(String model) {
        return engine.task(model);
    }

    @Override
    public Optional<CriteriaInForce> setCriteria(String model, @Nullable Criteria criteria, String by)
            throws IOException {
        return engine.setCriteria(model, criteria, by);
    }

    @Override
    public List<String> problems(String model, Criteria criteria) {
        return engine.problems(model, criteria);
    }

    @Override
    public FeedbackOutcome feedback(String model, List<Label> labels) throws JournalException, InterruptedException {
        return engine.journal().feedback(model, labels);
    }

    @Override
    public FeedbackCounts feedback(String model) throws JournalException {
        return engine.journal().feedback(model);
    }

    @Override
    public Optional<Verdict> verdict(ModelStatus.Challenger challenger, boolean recompute) throws JournalException {
        if (challenger.pair().isEmpty()) {
            return Optional.empty();
        }
        Pair pair = challenger.pair().get();
        long minute = Minute.of(System.currentTimeMillis());
        return recompute
                ? engine.journal().recomputed(pair, challenger.ledger(), minute)
                : engine.journal().verdict(pair, challenger.ledger(), minute);
    }

    @Override
    public List<StoredComparison> comparisons(Pair pair, Order order, int limit, @Nullable String segment)
            throws JournalException {
        return engine.journal().comparisons(pair, order, limit, segment);
    }

    @Override
    public Optional<Capture> capture(Pair pair, String requestId) throws JournalException {
        return engine.journal().capture(pair, requestId);
    }

    @Override
    public Optional<Evaluation> evaluation(Pair pair) throws JournalException {
        return engine.journal().evaluation(pair);
    }

    @Override
    public List<JournalEvent> events(String model, int limit) throws JournalException {
        return engine.journal().events(model, limit);
    }

    @Override
    public JournalHealth journal() {
        Journal journal = engine.journal();
        return new JournalHealth(journal.failure(), journal.lostRows(), journal.committed());
    }

    @Override
    public void exportComparisons(Pair pair, Path parquet) throws JournalException {
        engine.journal().exportComparisons(pair, parquet);
    }

    @Override
    public void exportCaptures(String model, Path duckdb) throws JournalException {
        engine.journal().exportCaptures(model, Objects.requireNonNull(duckdb.getParent()));
    }

    @Override
    public Maintenance.Account maintenance() {
        return engine.maintenance();
    }

    @Override
    public Optional<GpuReading> gpu() {
        return engine.gpu();
    }

    @Override
    public long clientConnectionFaults() {
        return connections.clients();
    }

    @Override
    public void connectionFault(Throwable fault) {
        connections.handle(fault);
    }

    @Override
    public void fault(String message) {
        engine.config().log().accept(new LogEvent(Level.ERROR, "", message));
    }
}
