package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalException;
import dev.understudy.journal.Position;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.shadow.ShadowLine;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Minute;
import dev.understudy.verdict.Pair;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Keeps the verdict on every evaluation fresh, so that whoever asks for the status waits for no journal, and gives the evidence
/// what is seen once in a while: memory, and what was shed. Also has what is measured of champions' noise kept. Thread-safe; works
/// on its one thread, `understudy-verdicts`.
final class Verdicts implements AutoCloseable {
    /// As often as a person looks; a judgement takes milliseconds.
    private static final long INTERVAL_MILLIS = 1000;

    private final Director director;
    private final Journal journal;
    private final ToleranceDesk tolerances;
    private final Consumer<LogEvent> log;
    private final Map<Pair, Basis> judged = new HashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("understudy-verdicts").daemon(true).factory());
    private final MemorySamples memory = new MemorySamples(
            ProcessHandle.current().info().startInstant().orElseGet(Instant::now));
    private final Turns turns;

    /// What a verdict was made of; the same gives the same verdict.
    private record Basis(Position committed, LedgerCounts ledger, long minute) {}

    Verdicts(Director director, Journal journal, ToleranceDesk tolerances, Consumer<LogEvent> log) {
        this.director = director;
        this.journal = journal;
        this.tolerances = tolerances;
        this.log = log;
        this.turns = new Turns(log);
        var unused = thread.scheduleWithFixedDelay(this::round, INTERVAL_MILLIS, INTERVAL_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void round() {
        Set<Pair> current = new HashSet<>();
        for (HostedModel model : director.models().values()) {
            turns.give(model, model.name(), "its tolerances cannot be brought up to date",
                    () -> tolerances.look(model));
            for (Challenger challenger : model.roster().listed()) {
                PairEvaluation evaluation = challenger.evaluation();
                if (evaluation != null) {
                    current.add(evaluation.pair());
                    turns.give(challenger, model.name(), "the verdict on " + challenger.version()
                            + " cannot be brought up to date", () -> look(challenger, evaluation));
                }
            }
        }
        judged.keySet().retainAll(current);
    }

    private void look(Challenger challenger, PairEvaluation evaluation) throws JournalException {
        Basis basis = new Basis(journal.committed(), evaluation.ledger().counts(),
                Minute.of(System.currentTimeMillis()));
        memory.sample(evaluation, basis.minute());
        ShadowLine line = challenger.lineOf(evaluation);
        if (line != null) {
            line.observeShed(evaluation, basis.minute());
        }
        if (challenger.verdict() == null || !basis.equals(judged.get(evaluation.pair()))) {
            journal.verdict(evaluation.pair(), basis.ledger(), basis.minute())
                    .ifPresent(verdict -> challenger.judge(evaluation, verdict));
        }
        judged.put(evaluation.pair(), basis);
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
