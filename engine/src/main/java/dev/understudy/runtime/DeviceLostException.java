package dev.understudy.runtime;

/// The device can compute nothing any more for this process, whatever is asked of it: a CUDA context that one faulty
/// kernel broke, and that all sessions of the process share. Unchecked, because nobody on the way can do anything about it: it
/// goes up to the line, which says who ran. Carries no stack trace.
public final class DeviceLostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;

    /// A device that is gone.
    ///
    /// @param reason what the device's driver says, one sentence without paths
    public DeviceLostException(String reason) {
        super("the device was lost: " + reason, null, false, false);
        this.reason = reason;
    }

    /// What the device's driver says.
    public String reason() {
        return reason;
    }
}
