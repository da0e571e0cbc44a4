package dev.understudy.shadow;

import dev.understudy.batch.BatchPolicy;
import dev.understudy.batch.BatchRule;
import dev.understudy.batch.BatchRunner;
import dev.understudy.batch.RequestCheck;
import dev.understudy.batch.RunOutcome;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.WarmupSample;
import dev.understudy.runtime.CpuLane;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.Signature;
import dev.understudy.runtime.Trial;
import dev.understudy.runtime.TrialReport;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.ShedReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The shadow line of one challenger: queue, batch, run, and hand-over to the comparer. Thread-safe at [#offer],
/// [#cancelOverdue] and [#close]; everything else belongs to its one thread, which dequeues, runs and publishes, and does
/// nothing more in Java, because it may get no processor for a long time.
public final class ShadowLine implements AutoCloseable {
    /// A sleep without work ends by itself after this, so that a lost wake-up costs a delay and not the line.
    private static final long IDLE_NANOS = 500_000_000;
    private static final Duration CLOSING_LOOK = Duration.ofMillis(10);

    private final ModelVersion version;
    private final ShadowLimits limits;
    private final Ledger ledger;
    private final ShadowQueue queue;
    private final Consumer<FinishedRun> comparer;
    private final Thread thread;
    private final CompletableFuture<Signature> ready = new CompletableFuture<>();
    private final ArrayDeque<Mirrored> pending = new ArrayDeque<>();
    private final AtomicInteger offersInProgress = new AtomicInteger();
    private volatile boolean closed;
    private volatile @Nullable OrtInstance running;

    /// Requests that one run answered, for the comparer, which ends their time in flight. Same order in both lists.
    ///
    /// @param release gives back the queue's room of one request, when it is booked
    public record FinishedRun(List<Mirrored> requests, List<RunOutcome> outcomes, Consumer<Mirrored> release) {}

    /// Loads and warms up the challenger on a thread of `lane`, and begins.
    ///
    /// @param samples  recorded requests to warm up on, and those of its configuration
    /// @param comparer takes finished runs on the line's thread; may block, which lets the queue fill and shed
    /// @throws ModelLoadException when it cannot be loaded or fails its warm-up; nothing is left running
    public ShadowLine(CpuLane lane, ModelVersion version, ModelConfig config, ShadowLimits limits, Ledger ledger,
            HeapBudget budget, List<WarmupSample> samples, Consumer<FinishedRun> comparer) throws ModelLoadException {
        this.version = version;
        this.limits = limits;
        this.ledger = ledger;
        this.comparer = comparer;
        this.queue = new ShadowQueue(limits.queueRowsMax(), limits.queueBytesMax(), budget);
        this.thread = lane.start(version.model() + "-" + version.version(), () -> live(lane, config, samples));
        try {
            ready.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ModelLoadException cause) {
                throw cause;
            }
            // Also a heap too small for its trial is a reason not to let it in.
            throw new ModelLoadException("it cannot be loaded: " + e.getCause());
        }
    }

    private void live(CpuLane lane, ModelConfig config, List<WarmupSample> samples) {
        try (OrtInstance instance = OrtInstance.load(version.file(), lane.intraOpThreads(),
                config.triton().tensors())) {
            TrialReport trial = Trial.run(instance, samples);
            BatchRule rule = BatchRule.of(config.maxBatchSize(), instance.signature(), trial);
            BatchPolicy policy = rule.rowsMax() > 1
                    ? new BatchPolicy(Math.min(rule.rowsMax(), limits.batchRowsMax()), limits.batchDelayNanos())
                    : BatchPolicy.UNBATCHED;
            BatchRunner runner = new BatchRunner(instance, timings -> {});
            running = instance;
            ready.complete(instance.signature());
            while (!closed) {
                step(runner, policy, instance.signature());
            }
            running = null;
        } catch (ModelLoadException | RuntimeException | Error e) {
            if (!ready.completeExceptionally(e)) {
                closed = true;
                throw new IllegalStateException("a challenger line died", e);
            }
        } finally {
            closed = true;
            shedAll();
        }
    }

    /// Offers a sampled request. Any thread of the champion; never blocks.
    void offer(InferenceRequest request, InferenceOutcome champion) {
        Mirrored mirrored = new Mirrored(request, champion, System.nanoTime());
        ledger.sampled();
        offersInProgress.incrementAndGet();
        try {
            ShedReason reason = closed ? ShedReason.RETIRED : queue.offer(mirrored);
            if (reason != null) {
                ledger.shed(reason);
            }
        } finally {
            offersInProgress.decrementAndGet();
        }
    }

    private void step(BatchRunner runner, BatchPolicy policy, Signature signature) {
        receive();
        shedStale();
        Mirrored oldest = pending.peek();
        if (oldest == null) {
            queue.await(IDLE_NANOS);
            return;
        }
        long rows = 0;
        int size = 0;
        boolean blocked = false;
        for (Mirrored next : pending) {
            blocked = !policy.fits(rows, next.request().rows())
                    || (size > 0 && !BatchRunner.joins(signature, oldest.request(), next.request()));
            if (blocked) {
                break;
            }
            rows += next.request().rows();
            size++;
        }
        long waitNanos = policy.waitNanos(rows, System.nanoTime() - oldest.offeredNanos(), blocked);
        if (waitNanos > 0) {
            queue.await(waitNanos);
        } else {
            run(runner, signature, size);
        }
    }

    private void run(BatchRunner runner, Signature signature, int size) {
        List<Mirrored> batch = new ArrayList<>(size);
        List<InferenceRequest> requests = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            Mirrored next = pending.remove();
            InferenceRequest request = withoutOutputs(next.request());
            if (RequestCheck.refuse(request, signature, false) != null) {
                queue.release(next);
                ledger.failed(FailureReason.INCOMPATIBLE);
            } else {
                batch.add(next);
                requests.add(request);
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        List<RunOutcome> outcomes;
        try {
            outcomes = runner.run(requests);
        } catch (RuntimeException | Error e) {
            outcomes = Collections.nCopies(batch.size(), new RunOutcome.Failed("internal error: " + e, false, 0));
        }
        publish(batch, outcomes, closed);
    }

    /// Hands the outcomes over, without the requests that only [#close] cancelled.
    private void publish(List<Mirrored> batch, List<RunOutcome> outcomes, boolean retired) {
        List<Mirrored> finished = new ArrayList<>(batch.size());
        List<RunOutcome> theirs = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            if (retired && outcomes.get(i) instanceof RunOutcome.Failed failed && failed.cancelled()) {
                queue.release(batch.get(i));
                ledger.shed(ShedReason.RETIRED);
            } else {
                finished.add(batch.get(i));
                theirs.add(outcomes.get(i));
            }
        }
        if (!finished.isEmpty()) {
            comparer.accept(new FinishedRun(finished, theirs, queue::release));
        }
    }

    /// The request as the challenger is asked: for all of its outputs, whatever names the client asked the champion for.
    private static InferenceRequest withoutOutputs(InferenceRequest request) {
        return request.outputs().isEmpty()
                ? request
                : new InferenceRequest(request.model(), request.version(),
                        request.requestId(), request.id(), request.inputs(), List.of(), request.segment(),
                        request.receivedNanos());
    }

    private void receive() {
        for (Mirrored next = queue.poll(); next != null; next = queue.poll()) {
            pending.add(next);
        }
    }

    private void shedStale() {
        long now = System.nanoTime();
        for (Mirrored next = pending.peek(); next != null
                && now - next.offeredNanos() > limits.ageNanosMax(); next = pending.peek()) {
            pending.remove();
            queue.release(next);
            ledger.shed(ShedReason.STALE);
        }
    }

    private void shedAll() {
        receive();
        for (Mirrored next = pending.poll(); next != null; next = pending.poll()) {
            queue.release(next);
            ledger.shed(ShedReason.RETIRED);
        }
    }

    /// Cancels the run in progress when it has lasted longer than its limit. Any thread.
    public void cancelOverdue() {
        OrtInstance instance = running;
        if (instance != null) {
            instance.cancelOlderThan(limits.runNanosMax());
        }
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
        return closed;
    }

    /// Sheds what waits as retired, ends the thread and frees the session. What the comparer holds is still compared.
    @Override
    public void close() {
        closed = true;
        try {
            do {
                // Again and again, since the thread may have been just about to sleep or to run.
                queue.wake();
                OrtInstance instance = running;
                if (instance != null) {
                    instance.cancel();
                }
            } while (!thread.join(CLOSING_LOOK));
            while (offersInProgress.get() > 0) {
                Thread.onSpinWait();
            }
            // The thread has gone, so this one may consume what was offered while it went.
            shedAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
