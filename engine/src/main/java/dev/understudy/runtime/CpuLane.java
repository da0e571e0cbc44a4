package dev.understudy.runtime;

import dev.understudy.ffm.Scheduling;
import dev.understudy.model.TensorDeclarations;
import java.nio.file.Path;
import java.util.List;

/// A lane on the processors, made by [CpuLanes]. Thread-safe.
public final class CpuLane implements Lane {
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

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public boolean onGpu() {
        return false;
    }

    /// Where a run of the other lane's is in the way, it gives way at once and not at the kernel's next tick.
    @Override
    public void handedOver() {
        handOver.run();
    }

    @Override
    public int intraOpThreads(int instances) {
        return Math.max(1, threads / instances);
    }

    @Override
    public Thread start(String what, Runnable body) {
        return Thread.ofPlatform().name(PREFIX + name + "-" + what).daemon(true).start(() -> {
            if (niceness > 0) {
                // Refused only to who asks for more than it has.
                var unused = Scheduling.nice(0, niceness);
            }
            body.run();
        });
    }

    @Override
    public OrtInstance load(String what, Path file, int intraOpThreads, TensorDeclarations declared)
            throws ModelLoadException {
        return idleClass
                ? OrtInstance.loadIdle(file, intraOpThreads, declared)
                : OrtInstance.load(file, intraOpThreads, declared);
    }

    /// Of the threads that are started meanwhile.
    @Override
    public ThreadCensus census() {
        String own = PREFIX + name;
        return ThreadCensus.begin(List.of(own.substring(0, Math.min(NAME_BYTES, own.length())),
                OrtInstance.IDLE_THREAD_NAME));
    }
}
