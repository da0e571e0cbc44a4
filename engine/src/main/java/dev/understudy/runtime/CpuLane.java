package dev.understudy.runtime;

import dev.understudy.ffm.Scheduling;
import dev.understudy.model.TensorDeclarations;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The threads and sessions of one priority on the CPU: the champions' or the challengers'. Thread-safe. The two that go
/// together are made by [CpuLanes].
public final class CpuLane {
    private static final String PREFIX = "understudy-";
    /// What the kernel keeps of a thread's name.
    private static final int NAME_BYTES = 15;

    private final String name;
    private final int threads;
    private final boolean idleClass;
    private final int niceness;
    private final Runnable handOver;
    private final Activity activity = new Activity();

    /// @param name      part of its threads' names: `champion` or `challenger`
    /// @param threads   threads that the runs of one model may take together
    /// @param idleClass runs go to threads of the idle class, where the system grants them
    /// @param niceness  of the lane's own threads, 0 to 19
    /// @param handOver  what [#handedOver] does
    CpuLane(String name, int threads, boolean idleClass, int niceness, Runnable handOver) {
        this.name = name;
        this.threads = threads;
        this.idleClass = idleClass;
        this.niceness = niceness;
        this.handOver = handOver;
    }

    /// What the lane has in hand.
    public Activity activity() {
        return activity;
    }

    /// Says that the calling thread has woken one of this lane's. Where a run of the other lane's is in the way, it gives way
    /// at once and not at the kernel's next tick. A few nanoseconds, else about a microsecond.
    public void handedOver() {
        handOver.run();
    }

    /// Threads of one run of a model of so many instances where its configuration does not say, so that all of them together
    /// do not exceed the lane's.
    public int intraOpThreads(int instances) {
        return Math.max(1, threads / instances);
    }

    /// Starts a thread of this lane. A platform thread: a run holds its carrier anyway.
    ///
    /// @param what names its work: the model and version
    public Thread start(String what, Runnable body) {
        return Thread.ofPlatform().name(PREFIX + name + "-" + what).daemon(true).start(() -> {
            if (niceness > 0) {
                // Refused only to who asks for more than it has.
                var unused = Scheduling.nice(0, niceness);
            }
            body.run();
        });
    }

    /// Does something on a thread of this lane and waits for it. Threads that it starts inherit this lane's niceness.
    ///
    /// @throws ExecutionException with what `body` threw
    public <T> T call(String what, Callable<T> body) throws ExecutionException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(body);
        start(what, task);
        return task.get();
    }

    /// Loads a model on the calling thread, one of this lane's.
    ///
    /// @param intraOpThreads threads of one run, at least 1
    /// @param declared       narrows the signature
    public OrtInstance load(Path file, int intraOpThreads, TensorDeclarations declared) throws ModelLoadException {
        return idleClass
                ? OrtInstance.loadIdle(file, intraOpThreads, declared)
                : OrtInstance.load(file, intraOpThreads, declared);
    }

    /// Begins to watch for the threads that are about to be started in this lane.
    public ThreadCensus census() {
        String own = PREFIX + name;
        return ThreadCensus.begin(List.of(own.substring(0, Math.min(NAME_BYTES, own.length())),
                OrtInstance.IDLE_THREAD_NAME));
    }
}
