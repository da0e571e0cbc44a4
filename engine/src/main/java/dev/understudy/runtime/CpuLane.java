package dev.understudy.runtime;

/// The threads and sessions of one priority on the CPU: the champion's or the challengers'. Thread-safe.
///
/// Every session of a lane is loaded on the lane's own thread, because ONNX Runtime's pool threads inherit the scheduling
/// class of the thread that creates them.
///
/// @param name          part of its threads' names: `champion` or `challenger`
/// @param intraOpThreads threads of one run where the model's configuration does not say
public record CpuLane(String name, int intraOpThreads) {
    /// The champion's lane: a run may use all cores.
    public static CpuLane champion() {
        return new CpuLane("champion", Runtime.getRuntime().availableProcessors());
    }

    /// The challengers' lane: one thread a run, so that it adds at most one busy thread a challenger.
    public static CpuLane challenger() {
        return new CpuLane("challenger", 1);
    }

    /// Starts a thread of this lane. A platform thread: a run holds its carrier anyway.
    ///
    /// @param what names its work: the model and version
    public Thread start(String what, Runnable body) {
        return Thread.ofPlatform().name("understudy-" + name + "-" + what).daemon(true).start(body);
    }

    /// What isolates this lane's threads from the other lane's, as status and metrics report it.
    public Isolation isolation() {
        return Isolation.NONE;
    }
}
