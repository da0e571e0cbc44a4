package dev.understudy.runtime;

import java.util.Optional;

/// The thread on which an instance loads its model and runs it. Immutable.
public sealed interface RunsOn {
    /// The thread that owns the instance, of the class that it has.
    ///
    /// @param refusal why it is not a thread of the idle class, where that was asked for
    record Owner(Optional<String> refusal) implements RunsOn {}

    /// A native thread of its own, of the idle scheduling class, so that it gets only cycles nobody else wants. The owner waits
    /// in native code meanwhile, so that no safepoint waits for the run.
    ///
    /// @param threadId the kernel's id of the thread
    record IdleClass(int threadId) implements RunsOn {}
}
