package dev.understudy.runtime;

/// The device that was asked for cannot be had. The message is one sentence: what is missing.
public final class DeviceRefusedException extends Exception {
    private static final long serialVersionUID = 1;

    DeviceRefusedException(String reason) {
        super(reason, null, false, false);
    }
}
