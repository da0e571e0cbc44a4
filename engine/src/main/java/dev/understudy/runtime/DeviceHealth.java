package dev.understudy.runtime;

import java.util.Optional;
import java.util.function.Supplier;

/// Whether the device still computes for this process. One for the process, as a device's context is; thread-safe.
///
/// ONNX Runtime reports a broken context as it reports any failed run, so after a failure the driver itself is asked.
public final class DeviceHealth {
    /// The processor is never lost.
    private static volatile Supplier<Optional<String>> driver = Optional::empty;

    private DeviceHealth() {}

    /// Takes who is to be asked from now on.
    ///
    /// @param question answers with what the driver says, one sentence, when the device is lost for good; asked by the
    ///                 thread whose run failed, so it must not wait for the device
    public static void ask(Supplier<Optional<String>> question) {
        driver = question;
    }

    /// Called when something of ONNX Runtime's has failed.
    ///
    /// @throws DeviceLostException when the device is lost
    static void check() {
        Optional<String> fault = driver.get();
        if (fault.isPresent()) {
            throw new DeviceLostException(fault.get());
        }
    }
}
