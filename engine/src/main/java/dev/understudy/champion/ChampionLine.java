package dev.understudy.champion;

import dev.understudy.batch.BatchPolicy;
import dev.understudy.batch.BatchRule;
import dev.understudy.batch.BatchRunner;
import dev.understudy.batch.RequestCheck;
import dev.understudy.batch.RunOutcome;
import dev.understudy.champion.Admission.Admitted;
import dev.understudy.infer.InferenceFailure.Kind;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.ServedConfig;
import dev.understudy.runtime.Activity;
import dev.understudy.runtime.DeviceLoss;
import dev.understudy.runtime.DeviceLostException;
import dev.understudy.runtime.DeviceTime;
import dev.understudy.runtime.Lane;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.Signature;
import dev.understudy.runtime.Trial;
import dev.understudy.runtime.TrialReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// The serve line of one champion: admission, batch, run, answer, and then the tap. Thread-safe.
///
/// Each instance is one thread that owns one session and pulls: when free it takes what is waiting, up to the largest
/// batch. Nothing here waits for the shadow.
public final class ChampionLine implements AutoCloseable {
    private final ModelVersion version;
    private final Admission admission;
    private final Activity activity;
    private final DeviceTime deviceTime;
    private final Signature signature;
    private final TrialReport trial;
    private final BatchRule batching;
    private final ClientShapes shapes;
    private final ServedConfig served;
    private final ServingRecorder recorder = new ServingRecorder();
    private final AtomicLong pending = new AtomicLong();
    private final Answers answers;
    private final Consumer<DeviceLoss> lost;
    private final List<Thread> threads = new ArrayList<>();

    /// A session and what its trial showed; both made on the thread that goes on to serve.
    private record Loaded(Signature signature, TrialReport trial) {}

    /// Loads and warms up the instances of `version`, on threads of `lane`. Returns when all of them can answer.
    ///
    /// @param admissionBytesMax bytes of inputs that may wait
    /// @param faults            told of every request that was admitted and failed, in one sentence that names it; called
    ///                          by the instances' threads, so it must not block
    /// @param lost              told, at least once, when the device is lost; before the requests in hand are answered, by an
    ///                          instance's thread, so it must not block
    /// @throws ModelLoadException when it cannot be loaded or fails its warm-up; nothing is left running
    public ChampionLine(Lane lane, ModelVersion version, ModelConfig config, long admissionBytesMax, Mirror mirror,
            Consumer<String> faults, Consumer<DeviceLoss> lost) throws ModelLoadException {
        this.version = version;
        this.lost = lost;
        this.admission = new Admission(config.maxQueueSize(), admissionBytesMax, lane::handedOver);
        this.activity = lane.activity();
        Lane.Census census = lane.census();
        CompletableFuture<BatchPolicy> go = new CompletableFuture<>();
        try {
            Loaded first;
            try {
                first = load(lane, config, go);
            } finally {
                this.deviceTime = census.end();
            }
            this.signature = first.signature();
            this.trial = first.trial();
            this.batching = BatchRule.of(config.maxBatchSize(), signature, trial);
            this.shapes = new ClientShapes(signature, config.triton().tensors());
            this.served = shapes.served(config, batching, lane.onGpu());
            this.answers = new Answers(version, shapes, recorder, pending, faults, mirror);
            List<Integer> preferred = served.preferredBatchSizes();
            go.complete(new BatchPolicy(batching.rowsMax(),
                    TimeUnit.MICROSECONDS.toNanos(config.maxQueueDelayMicroseconds()),
                    preferred.isEmpty() ? batching.rowsMax() : preferred.getFirst()));
        } catch (ModelLoadException | RuntimeException | Error e) {
            admission.close();
            go.cancel(false);
            joinThreads();
            throw e;
        }
    }

    /// Starts the instances and waits for all of them.
    private Loaded load(Lane lane, ModelConfig config, CompletableFuture<BatchPolicy> go) throws ModelLoadException {
        List<CompletableFuture<Loaded>> loading = new ArrayList<>();
        int intraOpThreads = config.intraOpThreads() > 0
                ? config.intraOpThreads()
                : lane.intraOpThreads(config.instanceCount());
        for (int i = 0; i < config.instanceCount(); i++) {
            CompletableFuture<Loaded> loaded = new CompletableFuture<>();
            loading.add(loaded);
            threads.add(lane.start(version.model() + "-" + i, () -> live(lane, config, intraOpThreads, loaded, go)));
        }
        try {
            loading.forEach(CompletableFuture::join);
            return loading.getFirst().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ModelLoadException cause) {
                throw cause;
            }
            // Also a heap too small for its trial is a reason not to let it in.
            throw new ModelLoadException("it cannot be loaded: " + e.getCause());
        }
    }

    /// An instance's life, on its own thread.
    private void live(Lane lane, ModelConfig config, int intraOpThreads, CompletableFuture<Loaded> loaded,
            CompletableFuture<BatchPolicy> go) {
        try (OrtInstance instance = lane.load(version.title(), version.file(), intraOpThreads,
                config.triton().tensors())) {
            TrialReport report = Trial.run(instance, config.triton().warmup());
            BatchWarmUp.run(instance, version.model(), config, report);
            loaded.complete(new Loaded(instance.signature(), report));
            BatchPolicy batchPolicy = go.handle((p, cancelled) -> p).join();
            if (batchPolicy == null) {
                return;
            }
            BatchRunner runner = new BatchRunner(instance,
                    timings -> recorder.ran(timings, served.maxBatchSize() > 0 ? timings.batchRows() : 1));
            Signature own = instance.signature();
            for (List<Admitted> batch = admission.take(batchPolicy, own); !batch.isEmpty(); batch = admission
                    .take(batchPolicy, own)) {
                serve(runner, batch);
            }
        } catch (DeviceLostException e) {
            lost.accept(new DeviceLoss(version, DeviceLoss.Part.CHAMPION, e.reason()));
            loaded.completeExceptionally(e);
        } catch (ModelLoadException | RuntimeException | Error e) {
            if (!loaded.completeExceptionally(e)) {
                throw new IllegalStateException("a champion instance died", e);
            }
        }
    }

    private void serve(BatchRunner runner, List<Admitted> batch) {
        long takenNanos = System.nanoTime();
        try {
            List<RunOutcome> outcomes = run(runner, batch);
            for (int i = 0; i < outcomes.size(); i++) {
                answers.give(batch.get(i), outcomes.get(i), takenNanos);
            }
        } catch (DeviceLostException e) {
            // Told first, so that whoever gets such an answer finds the server not ready.
            lost.accept(new DeviceLoss(version, DeviceLoss.Part.CHAMPION, e.reason()));
            batch.forEach(answers::deviceLost);
        } finally {
            // Behind the answers, since it may have to wake a thread of the shadow side.
            activity.ended(batch.size());
        }
    }

    /// The outcomes of a batch. A fault of this program, or a heap too small for the answer, fails the batch and not the
    /// instance; only a lost device goes on up.
    private static List<RunOutcome> run(BatchRunner runner, List<Admitted> batch) {
        try {
            List<InferenceRequest> requests = new ArrayList<>(batch.size());
            for (Admitted admitted : batch) {
                requests.add(admitted.request());
            }
            return runner.run(requests);
        } catch (DeviceLostException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            Answers.report(e);
            return Collections.nCopies(batch.size(), new RunOutcome.Failed("internal error", false, 0));
        }
    }

    /// Checks and admits a request. `done` is called once: here when it is refused, else on an instance's thread.
    public void submit(InferenceRequest request, Consumer<? super InferenceOutcome> done) {
        boolean batched = batching.rowsMax() > 1;
        String reason = RequestCheck.refuse(request, shapes.signature(), batched);
        InferenceRequest asRun = request;
        if (reason == null && shapes.reshapeInputs()) {
            asRun = shapes.toModel(request);
            reason = RequestCheck.refuse(asRun, signature, batched);
        }
        if (reason != null) {
            recorder.failed(System.nanoTime() - request.receivedNanos());
            done.accept(InferenceFailure.invalid(reason));
            return;
        }
        pending.incrementAndGet();
        activity.began();
        String refusal = admission.offer(new Admitted(asRun, done, System.nanoTime()));
        if (refusal != null) {
            pending.decrementAndGet();
            activity.ended(1);
            recorder.failed(System.nanoTime() - request.receivedNanos());
            done.accept(new InferenceFailure(Kind.UNAVAILABLE, "model '" + version.model() + "' " + refusal));
        }
    }

    public ModelVersion version() {
        return version;
    }

    /// The signature as the model has it, which is what challengers must suit.
    public Signature signature() {
        return signature;
    }

    /// The signature as clients see it.
    public Signature clientSignature() {
        return shapes.signature();
    }

    /// The configuration in force, for clients that ask.
    public ServedConfig served() {
        return served;
    }

    /// What its warm-up showed.
    public TrialReport trial() {
        return trial;
    }

    public BatchRule batching() {
        return batching;
    }

    /// Requests admitted and not yet answered.
    public long pending() {
        return pending.get();
    }

    /// What its runs have had of the device, loading and warm-up included as far as the device can tell.
    public DeviceTime deviceTime() {
        return deviceTime;
    }

    public ServingStatistics statistics() {
        return recorder.snapshot(version.model(), version.version(), pending.get());
    }

    /// Admits no more, answers what was admitted, and frees the sessions.
    @Override
    public void close() {
        admission.close();
        joinThreads();
    }

    private void joinThreads() {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
