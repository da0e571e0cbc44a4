package dev.understudy.champion;

import dev.understudy.batch.RunOutcome;
import dev.understudy.champion.Admission.Admitted;
import dev.understudy.infer.InferenceFailure.Kind;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.model.ModelVersion;
import dev.understudy.tensor.Tensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Gives what runs came to: to the client, to the statistics, and then to the mirror. Thread-safe.
///
/// Neither the network side nor the shadow side may end an instance, and no fault of this program, not even a heap that is
/// used up, may leave a request without an answer. So each step is taken whatever became of the one before.
///
/// @param pending requests admitted and not yet answered
/// @param faults  told of every request that was admitted and failed, in one sentence that names it
record Answers(ModelVersion version, ClientShapes shapes, ServingRecorder recorder, AtomicLong pending,
        Consumer<String> faults, Mirror mirror) {
    /// Answers an admitted request. On its instance's thread.
    ///
    /// @param takenNanos when the instance took it from the queue
    void give(Admitted admitted, RunOutcome outcome, long takenNanos) {
        InferenceRequest request = admitted.request();
        InferenceOutcome full;
        InferenceOutcome answer;
        try {
            full = full(admitted, outcome, takenNanos);
            answer = full instanceof InferenceResponse response ? shapes.toClient(request, response) : full;
        } catch (RuntimeException | Error e) {
            report(e);
            full = new InferenceFailure(Kind.INTERNAL, "model '" + version.model() + "' failed on this request");
            answer = full;
        }
        give(admitted, full, answer);
    }

    /// Answers an admitted request whose run found the device lost. It may be tried again elsewhere, or here once the server
    /// is back.
    void deviceLost(Admitted admitted) {
        InferenceFailure failure = InferenceFailure.deviceLost();
        give(admitted, failure, failure);
    }

    private void give(Admitted admitted, InferenceOutcome full, InferenceOutcome answer) {
        InferenceRequest request = admitted.request();
        pending.decrementAndGet();
        count(request, answer);
        try {
            admitted.done().accept(answer);
        } catch (RuntimeException | Error e) {
            report(e);
        }
        try {
            mirror.offer(request, full);
        } catch (RuntimeException | Error e) {
            report(e);
        }
    }

    private InferenceOutcome full(Admitted admitted, RunOutcome outcome, long takenNanos) {
        return switch (outcome) {
            case RunOutcome.Answered(List<Tensor> outputs, Timings run) -> new InferenceResponse(version.model(),
                    version.version(), outputs, withQueue(run, takenNanos - admitted.admittedNanos()));
            case RunOutcome.Failed failed -> new InferenceFailure(Kind.INTERNAL,
                    "model '" + version.model() + "' failed on this request: " + failed.message());
        };
    }

    private static Timings withQueue(Timings run, long queueNanos) {
        return new Timings(queueNanos, run.computeInputNanos(), run.computeInferNanos(), run.computeOutputNanos(),
                run.batchRows());
    }

    private void count(InferenceRequest request, InferenceOutcome answer) {
        long requestNanos = System.nanoTime() - request.receivedNanos();
        try {
            switch (answer) {
                case InferenceResponse response -> recorder.answered(requestNanos, response.timings());
                case InferenceFailure failure -> {
                    recorder.failed(requestNanos);
                    faults.accept("request " + request.requestId() + ": " + failure.message());
                }
            }
        } catch (RuntimeException | Error e) {
            report(e);
        }
    }

    /// Tells of a fault that ends nothing.
    static void report(Throwable fault) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
    }
}
