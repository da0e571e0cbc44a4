package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.journal.Evaluation;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalException;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.TritonConfig;
import dev.understudy.model.WarmupSample;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OpenedDevice;
import dev.understudy.runtime.Probation;
import dev.understudy.runtime.ProbationOutcome;
import dev.understudy.runtime.Signature;
import dev.understudy.runtime.TrialReport;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Lets versions in: probation in the child process on a thread of its own, one model after another, then loading in the
/// lane on the director's thread. Thread-safe.
final class Audition implements AutoCloseable {
    /// Recorded requests a newcomer must be able to run; a handful shows what all share.
    static final int RECORDED_REQUESTS = 8;

    private final Limits limits;
    private final Journal journal;
    private final Comparer comparer;
    private final FaultBoundary faults;
    private final Consumer<LogEvent> log;
    private final Lanes lanes;
    private final Governor governor;
    private final ExtraLooks extraLooks;
    private final Probation probation;
    private final ThreadPoolExecutor prober = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), Thread.ofPlatform().name("understudy-probation").daemon(true).factory());

    /// What probation said.
    sealed interface Result {
        record Passed(Signature signature) implements Result {}

        record Refused(String reason) implements Result {}
    }

    Audition(Limits limits, OpenedDevice device, Governor governor, Journal journal, Comparer comparer,
            FaultBoundary faults, Consumer<LogEvent> log) {
        this.limits = limits;
        this.journal = journal;
        this.comparer = comparer;
        this.faults = faults;
        this.log = log;
        this.lanes = device.lanes();
        this.governor = governor;
        this.extraLooks = new ExtraLooks(governor, new SessionBudget(limits.secondSessionsBytesMax()), log);
        this.probation = new Probation(limits.probationMax(), device.cuda());
    }

    /// A model whose champion and challengers are to share the lanes with all others.
    HostedModel host(String name) {
        return new HostedModel(name, governor);
    }

    /// A version's file has left the repository. When it comes back, it is tried whatever it did before.
    void left(ModelVersion version) {
        faults.lift(version.sha256());
    }

    /// Examines a version that may become champion. `then` is called on the probation thread, once.
    void candidate(HostedModel model, ModelVersion version, Consumer<Result> then) {
        examine(model, version, true, lanes.champion().intraOpThreads(1), List::of, signature -> Optional.empty(),
                false,
                then);
    }

    /// Examines a version that is to rehearse beside `champion`, on recorded requests too; ones or zeros must suit it if
    /// they suited the champion.
    void challenger(HostedModel model, ChampionLine champion, ModelVersion version, Consumer<Result> then) {
        examine(model, version, false, lanes.challenger().intraOpThreads(1), () -> recorded(version.model()),
                signature -> unpairable(model, champion, signature), champion.trial().ran(), then);
    }

    /// Why a version with this signature cannot be compared with the champion; empty when it can.
    private static Optional<String> unpairable(HostedModel model, ChampionLine champion, Signature signature) {
        return switch (Pairing.of(champion.signature(), signature, model.config().outputMapping())) {
            case Pairing.Attempt.Unpairable(String reason) -> Optional.of(reason);
            case Pairing.Attempt.Paired paired -> Optional.empty();
        };
    }

    private void examine(HostedModel model, ModelVersion version, boolean champion, int threads,
            Supplier<List<WarmupSample>> recorded,
            Function<Signature, Optional<String>> objection, boolean mustRun, Consumer<Result> then) {
        TritonConfig triton = model.config().triton();
        try {
            prober.execute(() -> {
                Result result;
                try {
                    Optional<String> struckOff = faults.refusal(version.sha256());
                    result = struckOff.isPresent()
                            ? new Result.Refused(struckOff.get())
                            : judge(probation.examine(version.file(), champion, threads, triton.tensors(),
                                    together(recorded.get(), triton.warmup())), objection, mustRun);
                } catch (RuntimeException | Error e) {
                    // Also where the heap is full: whoever waits for the result would wait for ever.
                    result = new Result.Refused("its probation failed: " + e);
                }
                if (prober.getQueue().isEmpty()) {
                    probation.close();
                }
                then.accept(result);
            });
        } catch (RejectedExecutionException stopping) {
            then.accept(new Result.Refused("the server stopped before its probation"));
        }
    }

    private Result judge(ProbationOutcome outcome, Function<Signature, Optional<String>> objection, boolean mustRun) {
        return switch (outcome) {
            // A wrong signature explains a failed run better than the run's own error does.
            case ProbationOutcome.Refused(String reason, Optional<Signature> signature) ->
                new Result.Refused(signature.flatMap(objection).orElse(reason));
            case ProbationOutcome.Passed(Signature signature, TrialReport trial, long memoryBytes) -> {
                Optional<String> reason = objection.apply(signature);
                if (reason.isEmpty() && mustRun && !trial.ran()) {
                    reason = Optional.of("it failed its warm-up on ones and on zeros: " + trial.failure());
                }
                if (reason.isEmpty() && memoryBytes > limits.modelMemoryBytesMax()) {
                    reason = Optional.of("it takes " + (memoryBytes >> 20) + " MiB of memory, more than the "
                            + (limits.modelMemoryBytesMax() >> 20) + " MiB allowed (model_memory_bytes_max)");
                }
                yield reason.<Result>map(Result.Refused::new).orElseGet(() -> new Result.Passed(signature));
            }
        };
    }

    private static List<WarmupSample> together(List<WarmupSample> recorded, List<WarmupSample> configured) {
        return Stream.concat(recorded.stream(), configured.stream()).toList();
    }

    private List<WarmupSample> recorded(String model) {
        try {
            return journal.recordedInputs(model, RECORDED_REQUESTS).stream().map(WarmupSample::recorded).toList();
        } catch (JournalException e) {
            log.accept(new LogEvent(Level.WARN, model, "no recorded requests for warm-up: " + e.getMessage()));
            return List.of();
        }
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
                    together(recorded(model.name()), model.config().triton().warmup()),
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

    /// Ends the probation in progress, if there is one, and takes no more.
    /// Whether it is being closed, so that what it says of a version says nothing about the version.
    boolean isClosing() {
        return prober.isShutdown();
    }

    @Override
    public void close() {
        prober.shutdownNow();
        try {
            if (!prober.awaitTermination(10, TimeUnit.SECONDS)) {
                log.accept(new LogEvent(Level.WARN, "", "a probation did not end in time"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        probation.close();
    }
}
