package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalException;
import dev.understudy.journal.Position;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.shadow.ShadowLine;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Keeps the verdict on every evaluation fresh, so that whoever asks for the status waits for no journal, and gives the evidence
/// what is seen once in a while: memory, and what was shed. Thread-safe; works
/// on its one thread, `understudy-verdicts`.
final class Verdicts implements AutoCloseable {
    /// As often as a person looks; a judgement takes milliseconds.
    private static final long INTERVAL_MILLIS = 1000;
    private static final long MINUTE_MILLIS = 60_000;

    private final Director director;
    private final Journal journal;
    private final Consumer<LogEvent> log;
    private final Map<Pair, Basis> judged = new HashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("understudy-verdicts").daemon(true).factory());
    private final MemorySamples memory = new MemorySamples(
            ProcessHandle.current().info().startInstant().orElseGet(Instant::now));
    private boolean failing;

    /// What a verdict was made of; the same gives the same verdict.
    private record Basis(Position committed, LedgerCounts ledger, long minute) {}

    Verdicts(Director director, Journal journal, Consumer<LogEvent> log) {
        this.director = director;
        this.journal = journal;
        this.log = log;
        var unused = thread.scheduleWithFixedDelay(this::round, INTERVAL_MILLIS, INTERVAL_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            Map<Pair, Basis> now = new HashMap<>();
            for (HostedModel model : director.models().values()) {
                for (Challenger challenger : model.challengers()) {
                    PairEvaluation evaluation = challenger.evaluation();
                    if (evaluation != null) {
                        now.put(evaluation.pair(), look(challenger, evaluation));
                    }
                }
            }
            judged.clear();
            judged.putAll(now);
            failing = false;
        } catch (JournalException | RuntimeException e) {
            // An exception would end all later rounds. A broken journal is said once, not every second.
            if (!failing) {
                log.accept(
                        new LogEvent(Level.ERROR, "", "the verdicts cannot be brought up to date: " + e.getMessage()));
            }
            failing = true;
        }
    }

    private Basis look(Challenger challenger, PairEvaluation evaluation) throws JournalException {
        Basis basis = new Basis(journal.committed(), evaluation.ledger().counts(),
                Math.floorDiv(System.currentTimeMillis(), MINUTE_MILLIS));
        memory.sample(evaluation, basis.minute());
        ShadowLine line = challenger.line();
        if (line != null) {
            line.observeShed(evaluation, basis.minute());
        }
        if (challenger.verdict() == null || !basis.equals(judged.get(evaluation.pair()))) {
            journal.verdict(evaluation.pair(), basis.ledger(), basis.minute())
                    .ifPresent(verdict -> challenger.judge(evaluation, verdict));
        }
        return basis;
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                log.accept(new LogEvent(Level.WARN, "", "a verdict did not end in time"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
