package dev.understudy.runtime;

/// The device can do nothing more for this process: a fault in one kernel breaks a GPU's context for every session in it. Only
/// another process can go on.
public final class DeviceLostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param reason in the driver's words
    public DeviceLostException(String reason) {
        super(reason);
    }
}
