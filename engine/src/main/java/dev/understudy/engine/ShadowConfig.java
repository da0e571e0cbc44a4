package dev.understudy.engine;

import dev.understudy.runtime.Isolation;

/// How challengers share the device with champions. Immutable.
///
/// @param isolation      the level asked for; status and metrics report the one achieved, which is less where the system
///                       refuses a call
/// @param maxDeviceShare share of the device's time that all challengers' runs together may take, above 0 to 1; of all
///                       cores on the CPU
public record ShadowConfig(Isolation isolation, double maxDeviceShare) {
    /// Everything that protects the champion, and at most half of the device.
    public static final ShadowConfig DEFAULT = new ShadowConfig(Isolation.PACED, 0.5);

    /// @throws IllegalArgumentException when the share is not above 0 and at most 1
    public ShadowConfig {
        if (!(maxDeviceShare > 0 && maxDeviceShare <= 1)) {
            throw new IllegalArgumentException(
                    "a share of the device is above 0 and at most 1: maxDeviceShare=" + maxDeviceShare);
        }
    }
}
