package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.journal.JournalEvent.Kind;
import dev.understudy.shadow.Governor;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.shadow.ProbeLine;
import dev.understudy.shadow.ShadowLine;
import dev.understudy.verdict.LedgerCounts;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// The regular rounds: has the governor look at the champions, tells of a failing journal and of maintenance, saves ledgers,
/// cancels challenger runs that last too long, fits rates to what challengers keep up with, and has lines that died retired.
/// Thread-safe; works on its one thread, `understudy-rounds`, which never waits for a lane.
final class Rounds implements AutoCloseable {
    /// Half the second that a kill may cost the record.
    private static final long INTERVAL_MILLIS = 500;

    private final Director director;
    private final Governor governor;
    private final Chronicle chronicle;
    private final Turns turns;
    private final JournalWatch journalWatch = new JournalWatch();
    private final MaintenanceWatch maintenanceWatch;
    private final Map<PairEvaluation, LedgerCounts> saved = new WeakHashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("understudy-rounds").daemon(true).factory());

    Rounds(Director director, Governor governor, Chronicle chronicle) {
        this.director = director;
        this.governor = governor;
        this.maintenanceWatch = new MaintenanceWatch(governor.maintenance().holdsDevice());
        this.chronicle = chronicle;
        this.turns = new Turns(chronicle.log());
        // The first at once, so that a journal that cannot be used is told of first.
        var unused = thread.scheduleWithFixedDelay(this::round, 0, INTERVAL_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void round() {
        turns.give(this, "", "a look at the journal and the champions failed", () -> {
            journalWatch.look(chronicle.journal().failure(), chronicle.journal().lostRows())
                    .ifPresent(chronicle.log());
            maintenanceWatch.look(governor.maintenance().account()).ifPresent(chronicle.log());
            governor.review(director.models().values().stream().map(HostedModel::fanout).toList());
        });
        for (HostedModel model : director.models().values()) {
            for (Challenger challenger : model.roster().listed()) {
                turns.give(challenger, model.name(), "a round of " + challenger.version() + " failed",
                        () -> look(model, challenger));
            }
        }
    }

    private void look(HostedModel model, Challenger challenger) {
        PairEvaluation current = challenger.evaluation();
        ShadowLine line = challenger.line();
        for (PairEvaluation evaluation : challenger.unsettled()) {
            LedgerCounts counts = evaluation.ledger().counts();
            if (!counts.equals(saved.put(evaluation, counts))) {
                chronicle.journal().saveLedger(evaluation.pair(), counts);
            }
            if (!evaluation.equals(current) && counts.inFlight() == 0) {
                challenger.settled(evaluation);
            }
        }
        if (line == null || current == null) {
            return;
        }
        line.cancelOverdue();
        ProbeLine probes = challenger.probes();
        if (probes != null) {
            probes.cancelOverdue();
        }
        double before = line.rateFactor();
        if (line.adaptRate()) {
            double now = line.rateFactor();
            String step = "takes 1 of " + Math.round(1 / now) + " requests that are chosen, by how well it keeps up";
            // All steps are on record; those between are many and pass quickly, and no news in the log.
            if (before == 1 || now == 1) {
                chronicle.note(Kind.SAMPLING, model, challenger.version(), challenger.sha256(), step);
            } else {
                chronicle.record(Kind.SAMPLING, model, challenger.version(), challenger.sha256(), step);
            }
        }
        if (line.ended()) {
            director.decide(() -> {
                // Another line by then, or none, when the director was ending this one.
                if (challenger.line() == line) {
                    director.retire(model, challenger, "its lane died: " + current.lastFailure());
                }
            });
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            // A round in progress must not save a ledger behind the last one.
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                chronicle.log().accept(new LogEvent(Level.WARN, "", "a round did not end in time"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
