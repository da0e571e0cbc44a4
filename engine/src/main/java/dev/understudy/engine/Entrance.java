package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.journal.Evaluation;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalException;
import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.Signature;
import dev.understudy.shadow.Comparer;
import dev.understudy.shadow.Governor;
import dev.understudy.shadow.Ledger;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.shadow.Pairing;
import dev.understudy.shadow.ProbeLine;
import dev.understudy.shadow.SessionBudget;
import dev.understudy.shadow.ShadowCost;
import dev.understudy.shadow.ShadowLimits;
import dev.understudy.shadow.ShadowLine;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.MinuteCounts;
import dev.understudy.verdict.Pair;
import java.util.Optional;
import java.util.function.Consumer;

/// Loads the versions that are let in, each in its lane, and has their evaluations go on from what is on record. For the
/// director's thread.
final class Entrance {
    private final Limits limits;
    private final Journal journal;
    private final RecordedRequests recorded;
    private final Comparer comparer;
    private final FaultBoundary faults;
    private final Consumer<LogEvent> log;
    private final Lanes lanes;
    private final Governor governor;
    private final ExtraLooks extraLooks;

    Entrance(Limits limits, Lanes lanes, Governor governor, Journal journal, RecordedRequests recorded,
            Comparer comparer, FaultBoundary faults, Consumer<LogEvent> log) {
        this.limits = limits;
        this.journal = journal;
        this.recorded = recorded;
        this.comparer = comparer;
        this.faults = faults;
        this.log = log;
        this.lanes = lanes;
        this.governor = governor;
        this.extraLooks = new ExtraLooks(governor, new SessionBudget(limits.secondSessionsBytesMax()), log);
    }

    /// Loads a champion in its lane, which holds up the champions of other models.
    ChampionLine champion(HostedModel model, ModelVersion version) throws ModelLoadException {
        try {
            return governor.maintenance().during(() -> new ChampionLine(lanes.champion(), version, model.config(),
                    limits.admissionBytesMax(), model.fanout(), new FaultLog(model.name(), log), faults));
        } catch (RuntimeException | Error e) {
            throw new ModelLoadException("loading it failed: " + e);
        }
    }

    /// Loads a challenger in its lane and goes on with its evaluation. Empty when it shadows now, else why not.
    Optional<String> begin(HostedModel model, ChampionLine champion, Challenger challenger, ModelVersion version,
            Signature signature) {
        Pairing.Attempt attempt = Pairing.of(champion.signature(), signature, model.config().outputMapping());
        if (attempt instanceof Pairing.Attempt.Unpairable(String reason)) {
            return Optional.of(reason);
        }
        Pairing pairing = ((Pairing.Attempt.Paired) attempt).pairing();
        Pair pair = model.pair(champion, version.sha256());
        PairEvaluation evaluation = challenger.unfinished(pair).orElseGet(() -> evaluation(model, pair, pairing));
        journal.begin(pair, System.currentTimeMillis(), evaluation.terms());
        Ledger ledger = evaluation.ledger();
        ShadowLimits shadowLimits = new ShadowLimits(limits.shadowQueueRowsMax(), limits.shadowQueueBytesMax(),
                limits.shadowAgeMax().toNanos(), limits.shadowBatchRowsMax(), limits.shadowBatchDelayMax().toNanos(),
                limits.shadowBatchTimeMax().toNanos(), limits.challengerRunMax().toNanos());
        try {
            ShadowLine line = new ShadowLine(governor, version, model.config(), shadowLimits, ledger,
                    recorded.before(model.name(), model.config().triton().warmup()),
                    extraLooks.reruns(model, champion, evaluation, version), comparer.forEvaluation(evaluation));
            try {
                ShadowCost cost = new ShadowCost(ledger, line.deviceTime(), champion.deviceTime());
                // The last that can fail: a probe line that nobody holds would run on.
                ProbeLine probes = extraLooks.probes(model, evaluation, version, shadowLimits);
                challenger.shadow(evaluation, line, probes, cost);
            } catch (RuntimeException | Error e) {
                line.close();
                throw e;
            }
            return Optional.empty();
        } catch (ModelLoadException e) {
            return Optional.of(e.reason());
        } catch (RuntimeException | Error e) {
            return Optional.of("loading it failed: " + e);
        }
    }

    /// An evaluation that goes on from what earlier runs of the server recorded.
    private PairEvaluation evaluation(HostedModel model, Pair pair, Pairing pairing) {
        Optional<Evaluation> earlier = earlier(model, pair);
        Ledger ledger = new Ledger(earlier.map(Evaluation::ledger).orElse(LedgerCounts.ZERO));
        return new PairEvaluation(model.name(), pair, model.terms(), journal, pairing, ledger,
                model.segments(), model.noise(),
                earlier.map(Evaluation::agreement).orElse(Agreement.NONE));
    }

    /// What the journal has on disk of a pair, to be shown before it goes on: only the display hangs on it, so no commit is waited
    /// for. Empty also where it cannot be read, which is said when it is to go on.
    Optional<Evaluation> onRecord(Pair pair) {
        try {
            return journal.evaluation(pair);
        } catch (JournalException e) {
            return Optional.empty();
        }
    }

    private Optional<Evaluation> earlier(HostedModel model, Pair pair) {
        try {
            // The last state of this pair's account may still be on its way to the disk.
            boolean flushed = journal.flush();
            if (!flushed) {
                log.accept(
                        new LogEvent(Level.WARN, model.name(), "the journal is failing; an earlier record of this pair"
                                + " may be incomplete"));
            }
            model.segments().seed(journal.minutes(pair).stream().map(MinuteCounts::segment).toList());
            return journal.evaluation(pair);
        } catch (JournalException e) {
            log.accept(new LogEvent(Level.WARN, model.name(), "the earlier record of this pair cannot be read: "
                    + e.getMessage()));
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
