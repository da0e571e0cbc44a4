package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.TritonConfig;
import dev.understudy.model.WarmupSample;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.OpenedDevice;
import dev.understudy.runtime.Probation;
import dev.understudy.runtime.ProbationOutcome;
import dev.understudy.runtime.Signature;
import dev.understudy.runtime.TrialReport;
import dev.understudy.shadow.Pairing;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Says which versions may be let in: probation in the child process on a thread of its own, one model after another.
/// Thread-safe.
final class Audition implements AutoCloseable {
    private final Limits limits;
    private final RecordedRequests recorded;
    private final FaultBoundary faults;
    private final Consumer<LogEvent> log;
    private final Lanes lanes;
    private final Probation probation;
    private final ThreadPoolExecutor prober = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), Thread.ofPlatform().name("understudy-probation").daemon(true).factory());

    /// What probation said.
    sealed interface Result {
        record Passed(Signature signature) implements Result {}

        record Refused(String reason) implements Result {}
    }

    Audition(Limits limits, OpenedDevice device, RecordedRequests recorded, FaultBoundary faults,
            Consumer<LogEvent> log) {
        this.limits = limits;
        this.recorded = recorded;
        this.faults = faults;
        this.log = log;
        this.lanes = device.lanes();
        this.probation = new Probation(limits.probationMax(), device.cuda());
    }

    /// A version's file has left the repository. When it comes back, it is tried whatever it did before.
    void left(ModelVersion version) {
        faults.lift(version.sha256());
    }

    /// Examines a version that may become champion. `then` is called on the probation thread, once.
    void candidate(HostedModel model, ModelVersion version, Consumer<Result> then) {
        examine(model, version, true, lanes.champion().intraOpThreads(1), configured -> configured,
                signature -> Optional.empty(), false, then);
    }

    /// Examines a version that is to rehearse beside `champion`, on recorded requests too; ones or zeros must suit it if
    /// they suited the champion.
    void challenger(HostedModel model, ChampionLine champion, ModelVersion version, Consumer<Result> then) {
        examine(model, version, false, lanes.challenger().intraOpThreads(1),
                configured -> recorded.before(version.model(), configured),
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
            UnaryOperator<List<WarmupSample>> samples,
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
                                    samples.apply(triton.warmup())), objection, mustRun);
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

    /// Whether it is being closed, so that what it says of a version says nothing about the version.
    boolean isClosing() {
        return prober.isShutdown();
    }

    /// Ends the probation in progress, if there is one, and takes no more.
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
