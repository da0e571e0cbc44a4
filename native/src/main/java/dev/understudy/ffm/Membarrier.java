package dev.understudy.ffm;

/// The system call that makes every other processor that runs a thread of this process look up from it at once. A wake-up
/// that is to take a processor from an idle-class thread can wait for the next timer tick; after this call it does not.
/// Thread-safe: immutable.
public final class Membarrier {
    private static final int PRIVATE_EXPEDITED = 8;
    private static final int REGISTER_PRIVATE_EXPEDITED = 16;

    private Membarrier() {}

    /// Registers the process for it, which is done once or more often, or says why the system does not have it.
    public static Answer<Membarrier> register() {
        return switch (SystemCall.MEMBARRIER.ask(REGISTER_PRIVATE_EXPEDITED, 0, 0)) {
            case Answer.Granted<Long> granted -> new Answer.Granted<>(new Membarrier());
            case Answer.Refused<Long>(String reason) -> new Answer.Refused<>(reason);
        };
    }

    /// Interrupts the others. Takes about a microsecond. Returns whether the system did it, as it does for whoever
    /// registered.
    public boolean interruptOthers() {
        return SystemCall.MEMBARRIER.call(PRIVATE_EXPEDITED, 0, 0) == 0;
    }
}
