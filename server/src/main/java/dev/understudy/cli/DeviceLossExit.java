package dev.understudy.cli;

import dev.understudy.runtime.DeviceLoss;
import java.time.Duration;
import java.util.function.Consumer;

/// What a serving process does about a lost device: it stops, and ends whatever happens. Closing sessions on a broken device may
/// hang or fail, so a thread of its own sees to the end. Thread-safe.
final class DeviceLossExit implements Consumer<DeviceLoss> {
    /// For answers in flight, and for saving the ledgers.
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final StopSignals signals;
    private final StopSignals.Halt halt;
    private final Duration patience;
    private volatile boolean lost;

    /// @param signals  where the stop is asked for
    /// @param halt     ends the process when it has not ended after `patience`
    DeviceLossExit(StopSignals signals, StopSignals.Halt halt, Duration patience) {
        this.signals = signals;
        this.halt = halt;
        this.patience = patience;
    }

    @Override
    public void accept(DeviceLoss loss) {
        lost = true;
        signals.stop();
        Thread.ofPlatform().name("device-lost").daemon(true).start(() -> {
            try {
                Thread.sleep(patience);
            } catch (InterruptedException _) {
                // Nobody interrupts it; if somebody did, the end would only come sooner.
            }
            halt.now(ExitCode.DEVICE_LOST);
        });
    }

    /// What the process ends with when it has stopped in good order.
    int exitCode() {
        return lost ? ExitCode.DEVICE_LOST : ExitCode.OK;
    }
}
