package dev.understudy.shadow;

import dev.understudy.batch.BatchRunner;
import dev.understudy.batch.RequestCheck;
import dev.understudy.batch.RunOutcome;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.DeviceLostException;
import dev.understudy.runtime.Lane;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.Trial;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.ShedReason;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The latency probes of one challenger: a few mirrored requests, each run alone as the champion would run it, on one thread
/// of the champions' lane with a session of its own. Thread-safe at [#offer], [#cancelOverdue] and [#close].
///
/// The [ProbeGate] says when. What cannot run soon is shed: probes are a sample, and the first to go. Each is booked in an
/// account of its own, never in that of the mirrored requests.
public final class ProbeLine implements AutoCloseable {
    /// Of the mirrored requests. At 100 requests a second that is what a limit on the 99th percentile needs in about an hour.
    static final double SHARE = 0.01;
    static final Lot LOT = new Lot(SHARE, 0x2545f4914f6cdd1dL);
    private static final int WARM_UPS = 3;
    private static final long IDLE_NANOS = 500_000_000;
    /// So long it looks for a gap of the champion's, and how often. It looks again instead of being woken, which would cost the
    /// champion's thread a system call at each gap.
    private static final long PATIENCE_NANOS = 100_000_000;
    private static final long LOOK_NANOS = 1_000_000;

    private final ProbeGate gate;
    private final Ledger ledger;
    private final Sink sink;
    private final long runNanosMax;
    private final SessionBudget sessions;
    private final ShadowQueue queue;
    private final Offers offers;
    private final RunInHand inHand = new RunInHand();
    private final CompletableFuture<OrtInstance> ready = new CompletableFuture<>();
    private final Thread thread;

    /// Where probes' times go. May block, which lets the queue fill and shed.
    @FunctionalInterface
    public interface Sink {
        /// A probe ended.
        ///
        /// @param nanos from hand-over to the end
        void probed(InferenceRequest request, RunOutcome outcome, long nanos);
    }

    /// Loads and warms up the challenger on a thread of the champions' lane, and begins.
    ///
    /// @param ledger   of the probes alone
    /// @param sessions what its session counts against
    /// @throws ModelLoadException when it cannot be loaded, or there is no room; nothing is left running
    public ProbeLine(Governor governor, ModelVersion version, ModelConfig config, ShadowLimits limits, Ledger ledger,
            SessionBudget sessions, Sink sink) throws ModelLoadException {
        this.gate = governor.probeGate();
        this.ledger = ledger;
        this.sessions = sessions;
        this.sink = sink;
        this.runNanosMax = limits.runNanosMax();
        this.queue = new ShadowQueue(limits.queueRowsMax(), limits.queueBytesMax(), governor.heap());
        this.offers = new Offers(queue, ledger, null);
        long bytes = sessions.take(version.file());
        if (bytes < 0) {
            throw new ModelLoadException("no room for one more session (second_sessions_bytes_max)");
        }
        try {
            governor.maintenance().await();
            this.thread = governor.probeLane().start("probe-" + version.model() + "-" + version.version(),
                    () -> live(governor, version, config, bytes));
        } catch (RuntimeException | Error e) {
            // Else the thread gives them back.
            sessions.giveBack(bytes);
            throw e;
        }
        governor.maintenance().until(ready);
        try {
            ready.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ModelLoadException cause
                    ? cause
                    : new ModelLoadException("it cannot be loaded: " + e.getCause());
        }
    }

    private void live(Governor governor, ModelVersion version, ModelConfig config, long bytes) {
        Lane lane = governor.probeLane();
        int threads = config.intraOpThreads() > 0
                ? config.intraOpThreads()
                : lane.intraOpThreads(config.instanceCount());
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try (Guard guard = governor.guard(version);
                OrtInstance instance = guard.run(() -> lane.load(version.title(), version.file(), threads,
                        config.triton().tensors()))) {
            try {
                BatchRunner runner = new BatchRunner(instance, timings -> {});
                warmUp(guard, runner, instance, version.model());
                inHand.set(instance);
                ready.complete(instance);
                while (!offers.closed()) {
                    step(guard, instance, runner);
                }
                governor.maintenance().await();
                governor.maintenance().until(closed);
            } finally {
                inHand.clear();
            }
        } catch (DeviceLostException e) {
            // Its guard has told of it.
            ready.completeExceptionally(e);
        } catch (ModelLoadException | RuntimeException | Error e) {
            if (!ready.completeExceptionally(e)) {
                offers.stop();
                throw new IllegalStateException("a line of probes died", e);
            }
        } finally {
            closed.complete(null);
            offers.stop();
            sessions.giveBack(bytes);
            offers.shedWaiting();
        }
    }

    private static void warmUp(Guard guard, BatchRunner runner, OrtInstance instance, String model)
            throws ModelLoadException {
        InferenceRequest request = new InferenceRequest(model, null, "warm-up", null,
                Trial.madeUp(instance.signature()), List.of(), null, 0);
        for (int i = 0; i < WARM_UPS; i++) {
            // A model that refuses what was made up may still take what clients send.
            List<RunOutcome> unused = guard.run(() -> runner.run(List.of(request)));
        }
        instance.requireStream();
    }

    /// Takes a mirrored request if it is among those to probe. Any thread of the champion; never blocks.
    void offer(long draw, InferenceRequest request, InferenceOutcome champion) {
        if (!LOT.chooses(draw)) {
            return;
        }
        offers.offer(new Mirrored(request, champion, System.nanoTime()), true);
    }

    private void step(Guard guard, OrtInstance instance, BatchRunner runner) {
        Mirrored next = queue.poll();
        if (next == null) {
            queue.await(1, IDLE_NANOS);
            return;
        }
        try {
            InferenceRequest request = next.askedForAll();
            if (RequestCheck.refuse(request, instance.signature(), false) != null) {
                ledger.failed(FailureReason.INCOMPATIBLE);
                return;
            }
            Hold hold = awaitGap();
            if (hold == null) {
                book(request, run(guard, runner, request));
            } else {
                ledger.shed(offers.closed() ? ShedReason.RETIRED : hold.blame());
            }
        } finally {
            queue.release(next);
        }
    }

    /// Null when it was let in.
    private @Nullable Hold awaitGap() {
        long endNanos = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            long nowNanos = System.nanoTime();
            Hold hold = gate.enter(nowNanos);
            if (hold == null || hold == Hold.BUDGET || offers.closed() || nowNanos - endNanos >= 0) {
                return hold;
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    private record Timed(RunOutcome outcome, long nanos) {}

    private Timed run(Guard guard, BatchRunner runner, InferenceRequest request) {
        long startNanos = System.nanoTime();
        RunOutcome outcome;
        try {
            outcome = guard.run(() -> runner.run(List.of(request)).getFirst());
        } catch (DeviceLostException e) {
            gate.leave(System.nanoTime() - startNanos, System.nanoTime());
            ledger.shed(ShedReason.RETIRED);
            throw e;
        } catch (RuntimeException | Error e) {
            outcome = new RunOutcome.Failed("internal error: " + e, false, 0);
        }
        long endNanos = System.nanoTime();
        gate.leave(endNanos - startNanos, endNanos);
        return new Timed(outcome, endNanos - startNanos);
    }

    private void book(InferenceRequest request, Timed run) {
        switch (run.outcome()) {
            case RunOutcome.Failed failed when failed.cancelled() && offers.closed() -> ledger.shed(ShedReason.RETIRED);
            case RunOutcome.Failed failed -> {
                ledger.failed(failed.cancelled() ? FailureReason.TIMEOUT : FailureReason.RUN);
                sink.probed(request, failed, run.nanos());
            }
            case RunOutcome.Answered answered -> {
                ledger.compared();
                sink.probed(request, answered, run.nanos());
            }
        }
    }

    /// Cancels the probe in progress when it has lasted longer than a challenger's run may. Any thread.
    public void cancelOverdue() {
        inHand.cancelOlderThan(runNanosMax);
    }

    /// Ends the thread and frees the session; what waits is shed as retired.
    @Override
    public void close() {
        offers.close(thread, inHand);
    }
}
