package dev.understudy.shadow;

import dev.understudy.batch.BatchPolicy;
import dev.understudy.batch.RunOutcome;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.WarmupSample;
import dev.understudy.runtime.DeviceLostException;
import dev.understudy.runtime.DeviceTime;
import dev.understudy.runtime.Lane;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.Signature;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.ShedReason;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;

/// The shadow line of one challenger: queue, batch, run, and hand-over to the comparer. Thread-safe at [#offer],
/// [#cancelOverdue] and [#close]; everything else belongs to its one thread, which dequeues, runs and publishes.
///
/// The [Governor] says when it may run; what its thread knows of its own model says with how many rows.
public final class ShadowLine implements Entrant, AutoCloseable {
    /// A sleep without work ends by itself after this, so that a lost wake-up costs a delay and not the line.
    private static final long IDLE_NANOS = 500_000_000;
    /// So long it waits for its turn before it looks again at what has arrived, and at what has become too old.
    private static final long PATIENCE_NANOS = 20_000_000;

    private final ModelVersion version;
    private final ShadowLimits limits;
    private final Ledger ledger;
    private final Governor governor;
    private final ShadowQueue queue;
    private final ShedSample shedSample = new ShedSample();
    private final Offers offers;
    private final Backlog backlog;
    private final Comparisons comparer;
    private final Thread thread;
    private final CompletableFuture<Signature> ready = new CompletableFuture<>();
    private final DeviceTime deviceTime;
    private final RunInHand inHand = new RunInHand();
    private final LongAdder runs = new LongAdder();
    private volatile boolean starved;
    private volatile long oldestNanos;
    private volatile AdaptiveRate rate = AdaptiveRate.FULL;
    /// What has kept it out since it last got in.
    private ShedReason blame = ShedReason.STALE;

    /// Loads, warms up and calibrates the challenger on a thread of the governor's lane, and begins.
    ///
    /// @param samples  recorded requests to warm up on, and those of its configuration
    /// @param plan     which requests are run again
    /// @param comparer rehearses before the line begins, and takes its finished runs
    /// @throws ModelLoadException when it cannot be loaded or fails its warm-up; nothing is left running
    public ShadowLine(Governor governor, ModelVersion version, ModelConfig config, ShadowLimits limits, Ledger ledger,
            List<WarmupSample> samples, RerunPlan plan, Comparisons comparer) throws ModelLoadException {
        this.version = version;
        this.limits = limits;
        this.ledger = ledger;
        this.comparer = comparer;
        this.governor = governor;
        this.queue = new ShadowQueue(limits.queueRowsMax(), limits.queueBytesMax(), governor.heap());
        this.offers = new Offers(queue, ledger, shedSample);
        this.backlog = new Backlog(queue);
        governor.maintenance().await();
        Lane.Census census = governor.lane().census();
        this.thread = governor.lane().start(version.model() + "-" + version.version(),
                () -> live(config, samples, plan));
        governor.maintenance().until(ready);
        try {
            ready.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ModelLoadException cause) {
                throw cause;
            }
            // Also a heap too small for its trial is a reason not to let it in.
            throw new ModelLoadException("it cannot be loaded: " + e.getCause());
        } finally {
            this.deviceTime = census.end();
        }
    }

    private void live(ModelConfig config, List<WarmupSample> samples, RerunPlan plan) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        Lane lane = governor.lane();
        try (Guard guard = governor.guard(version);
                OrtInstance instance = guard.run(() -> lane.load(version.title(), version.file(),
                        lane.intraOpThreads(1), config.triton().tensors()))) {
            Rehearsal rehearsal = Rehearsal.prepare(instance, guard, version.model(), config, limits, samples);
            try (Reruns reruns = new Reruns(plan, rehearsal, instance, inHand)) {
                reruns.load(governor, config, limits, samples);
                rehearsal.warmUp(comparer);
                ready.complete(instance.signature());
                while (!offers.closed()) {
                    step(rehearsal, reruns);
                }
                governor.maintenance().await();
                governor.maintenance().until(closed);
            }
        } catch (DeviceLostException e) {
            // Its guard has told of it; nothing that is left can run, and the process is about to end.
            ready.completeExceptionally(e);
        } catch (ModelLoadException | RuntimeException | Error e) {
            if (!ready.completeExceptionally(e)) {
                offers.stop();
                throw new IllegalStateException("a challenger line died", e);
            }
        } finally {
            closed.complete(null);
            offers.stop();
            backlog.removeAll(waiting -> offers.shed(waiting, ShedReason.RETIRED));
            offers.shedWaiting();
            governor.turnstile().retire(this);
        }
    }

    /// Offers a request that the declared rate has chosen. Any thread of the champion; never blocks.
    ///
    /// @param keptUp whether it is also among those that are taken at [#halvings]
    void offer(InferenceRequest request, InferenceOutcome champion, boolean keptUp) {
        offers.offer(new Mirrored(request, champion, System.nanoTime()), keptUp);
    }

    private void step(Rehearsal rehearsal, Reruns reruns) {
        backlog.receive();
        backlog.removeOlder(System.nanoTime() - limits.ageNanosMax(), old -> offers.shed(old, blame));
        Mirrored oldest = backlog.oldest();
        if (oldest == null) {
            oldestNanos = 0;
            queue.await(1, IDLE_NANOS);
            return;
        }
        oldestNanos = oldest.offeredNanos();
        BatchPolicy policy = rehearsal.policy(governor.level(), backlog.rows(), governor.gapNanos());
        Backlog.Selection batch = backlog.select(policy, rehearsal.signature());
        long waitNanos = policy.waitNanos(batch.rows(), System.nanoTime() - oldest.offeredNanos(), batch.blocked());
        if (waitNanos > 0) {
            queue.await(policy.rowsEnough() - batch.rows(), waitNanos);
            return;
        }
        Hold hold = governor.turnstile().enter(this, PATIENCE_NANOS);
        if (hold == null) {
            blame = ShedReason.STALE;
            run(rehearsal, reruns);
        } else {
            blame = hold.blame() == ShedReason.STALE ? blame : hold.blame();
        }
    }

    /// Runs what there is by now, on this side of the turnstile, and hands over what it gave on the other. A fault of this
    /// program ends the line, and what it had in hand is booked; so does a lost device, which says nothing of the challenger.
    private void run(Rehearsal rehearsal, Reruns reruns) {
        long startNanos = System.nanoTime();
        starved = false;
        List<Mirrored> batch = new ArrayList<>();
        List<Mirrored> refused = new ArrayList<>();
        Reruns.Ran ran;
        try {
            backlog.receive();
            BatchPolicy policy = rehearsal.policy(governor.level(), backlog.rows(), governor.gapNanos());
            for (int left = backlog.select(policy, rehearsal.signature()).size(); left > 0; left--) {
                take(rehearsal, batch, refused);
            }
            ran = reruns.run(batch, rate.halvings() > 0);
            runs.add(batch.isEmpty() ? 0 : 1);
        } catch (DeviceLostException e) {
            batch.forEach(taken -> offers.shed(taken, ShedReason.RETIRED));
            lose(refused, FailureReason.INCOMPATIBLE);
            throw e;
        } catch (RuntimeException | Error e) {
            lose(batch, FailureReason.RUN);
            lose(refused, FailureReason.INCOMPATIBLE);
            throw e;
        } finally {
            governor.turnstile().leave(this, System.nanoTime() - startNanos);
        }
        publish(batch, refused, ran);
    }

    private void lose(List<Mirrored> taken, FailureReason reason) {
        for (Mirrored each : taken) {
            queue.release(each);
            ledger.failed(reason);
        }
    }

    /// Takes the oldest request into the batch, or among the refused when the challenger cannot take it.
    private void take(Rehearsal rehearsal, List<Mirrored> batch, List<Mirrored> refused) {
        Mirrored next = backlog.takeInto(batch);
        if (!rehearsal.suits(next)) {
            refused.add(batch.removeLast());
        }
    }

    /// Hands the outcomes over, without the requests that only [#close] or a lack of processor time cancelled.
    private void publish(List<Mirrored> batch, List<Mirrored> refused, Reruns.Ran ran) {
        ShedReason excuse = offers.closed() ? ShedReason.RETIRED : starved ? ShedReason.STARVED : null;
        List<Mirrored> finished = new ArrayList<>(batch.size());
        List<RunOutcome> theirs = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            RunOutcome outcome = ran.outcomes().get(i);
            if (excuse != null && outcome instanceof RunOutcome.Failed failed && failed.cancelled()) {
                offers.shed(batch.get(i), excuse);
            } else {
                finished.add(batch.get(i));
                theirs.add(outcome);
            }
        }
        if (!finished.isEmpty() || !refused.isEmpty() || !ran.looks().isEmpty()) {
            comparer.accept(new FinishedRun(finished, theirs, refused, ran.looks(), queue::release));
        }
    }

    /// Gives a sample of what it has shed to the evidence. One thread, which may wait for the journal.
    public void observeShed(PairEvaluation evaluation, long minute) {
        shedSample.drainTo(evaluation, minute);
    }

    /// Cancels the run in progress when it has lasted longer than its limit. Any thread.
    public void cancelOverdue() {
        inHand.cancelOlderThan(limits.runNanosMax());
    }

    @Override
    public void cancelStarved() {
        starved = true;
        inHand.cancel();
    }

    /// Takes more or fewer of the requests chosen, by how well it keeps up. Called once a round, by one thread.
    ///
    /// @return whether that changed
    public boolean adaptRate() {
        long oldest = oldestNanos;
        double age = oldest == 0 ? 0 : (double) (System.nanoTime() - oldest) / limits.ageNanosMax();
        AdaptiveRate before = rate;
        rate = before.after(Math.max(queue.fullness(), age));
        return rate.halvings() != before.halvings();
    }

    /// How often the rate of the requests it takes is halved.
    int halvings() {
        return rate.halvings();
    }

    /// The part it takes of the requests chosen for the shadow, above 0 to 1.
    public double rateFactor() {
        return rate.factor();
    }

    @Override
    public OptionalInt idleThread() {
        return inHand.idleThread();
    }

    /// Batches it has run. Second looks at some of them are not counted.
    public long runs() {
        return runs.sum();
    }

    /// What its runs have had of the device, loading and warm-up included as far as the device can tell.
    public DeviceTime deviceTime() {
        return deviceTime;
    }

    public ModelVersion version() {
        return version;
    }

    public Signature signature() {
        return ready.join();
    }

    public Ledger ledger() {
        return ledger;
    }

    /// True when the line ended, by [#close] or by a fault.
    public boolean ended() {
        return offers.closed();
    }

    /// Sheds what waits as retired, ends the thread and frees the session. What the comparer holds is still compared.
    @Override
    public void close() {
        offers.close(thread, inHand);
    }
}
