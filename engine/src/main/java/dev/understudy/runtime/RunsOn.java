package dev.understudy.runtime;

import java.util.Optional;

/// Where an instance runs its model. Immutable.
public sealed interface RunsOn {
    /// On the thread that owns the instance, of the class that it has.
    ///
    /// @param refusal why it is not a thread of the idle class, where that was asked for
    record Owner(Optional<String> refusal) implements RunsOn {}

    /// A native thread of its own, of the idle scheduling class, so that it gets only cycles nobody else wants. The owner waits
    /// in native code meanwhile, so that no safepoint waits for the run.
    ///
    /// @param threadId the kernel's id of the thread
    record IdleClass(int threadId) implements RunsOn {}

    /// A CUDA stream of its own. The owner enqueues, and waits.
    ///
    /// @param device   the GPU's number
    /// @param priority as the driver gave it: the less the sooner
    record Stream(int device, int priority) implements RunsOn {}
}
