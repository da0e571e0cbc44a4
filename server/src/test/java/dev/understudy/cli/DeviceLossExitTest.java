package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.DeviceLoss;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class DeviceLossExitTest {
    @Test
    void aLostDeviceAsksForAStopAndEndsTheProcessEvenIfNothingElseDoes() throws Exception {
        BlockingQueue<Integer> halted = new LinkedBlockingQueue<>();
        StopSignals signals = new StopSignals(exitCode -> {
            throw new AssertionError("no second signal came");
        });
        DeviceLossExit exit = new DeviceLossExit(signals, halted::add, Duration.ZERO);
        assertEquals(ExitCode.OK, exit.exitCode());
        assertFalse(signals.asked());
        exit.accept(new DeviceLoss(new ModelVersion("m", "1", "c".repeat(64), Path.of("m"), 0),
                DeviceLoss.Part.CHAMPION, "gone"));
        assertTrue(signals.asked());
        assertEquals(ExitCode.DEVICE_LOST, exit.exitCode());
        assertEquals(ExitCode.DEVICE_LOST, halted.poll(60, TimeUnit.SECONDS));
        signals.receive(15);
    }
}
