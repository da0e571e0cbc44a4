package dev.understudy.runtime;

import dev.understudy.model.TensorDeclarations;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The threads and sessions of one priority on one device: the champions' or the challengers'. Thread-safe. The two that go
/// together are [Lanes].
public sealed interface Lane permits CpuLane, CudaLane {
    /// What the lane has in hand.
    Activity activity();

    /// Whether models run on a GPU, else on the processors.
    boolean onGpu();

    /// Says that the calling thread has woken one of this lane's, for what must be done then so that it gets on at once. A few
    /// nanoseconds, else about a microsecond.
    void handedOver();

    /// Threads of one run of a model of so many instances where its configuration does not say, so that all of them together
    /// do not exceed the lane's.
    int intraOpThreads(int instances);

    /// Starts a thread of this lane. A platform thread: a run holds its carrier anyway.
    ///
    /// @param what names its work: the model and version
    Thread start(String what, Runnable body);

    /// Does something on a thread of this lane and waits for it. Threads that it starts inherit this lane's niceness.
    ///
    /// @throws ExecutionException with what `body` threw
    default <T> T call(String what, Callable<T> body) throws ExecutionException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(body);
        start(what, task);
        return task.get();
    }

    /// Loads a model on the calling thread, one of this lane's.
    ///
    /// @param what           the model and version, for what there is to say about it
    /// @param intraOpThreads threads of one run, at least 1
    /// @param declared       narrows the signature
    OrtInstance load(String what, Path file, int intraOpThreads, TensorDeclarations declared)
            throws ModelLoadException;

    /// Begins to watch for what is about to be loaded in this lane, to know its device time from then on.
    Census census();

    /// A watch over what is being loaded.
    @FunctionalInterface
    interface Census {
        /// The device time of what has been loaded since.
        DeviceTime end();
    }
}
