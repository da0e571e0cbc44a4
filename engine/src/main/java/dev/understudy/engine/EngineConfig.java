package dev.understudy.engine;

import dev.understudy.runtime.CudaSettings;
import dev.understudy.runtime.DeviceChoice;
import dev.understudy.runtime.DeviceLoss;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// What an engine is started with. Immutable.
///
/// @param repository the watched folder; may be read-only
/// @param state      roles, model copies and the journal; this engine's alone, outside the repository
/// @param device     where models run
/// @param cuda       how they run on a GPU, where they do
/// @param shadow     how challengers share the device with champions
/// @param log        receives one structured line an event, on any thread; must not block
/// @param lastExit   how the process before this one on this state ended, as a shell has it: its exit code, or 128 plus the
///                   number of the signal; empty when nobody saw
/// @param deviceLost told once, on a thread of its own, when the device is lost; the engine is not ready then and never will
///                   be, and refuses everything, so whoever owns the process should end it soon. Logged already
public record EngineConfig(Path repository, Path state, Limits limits, DeviceChoice device, CudaSettings cuda,
        ShadowConfig shadow, Consumer<LogEvent> log, OptionalInt lastExit, Consumer<DeviceLoss> deviceLost) {
    /// Nobody saw how the process before ended, and nobody ends this one.
    public EngineConfig(Path repository, Path state, Limits limits, DeviceChoice device, CudaSettings cuda,
            ShadowConfig shadow, Consumer<LogEvent> log) {
        this(repository, state, limits, device, cuda, shadow, log, OptionalInt.empty(), loss -> {});
    }

    /// Runs on the processors, and shadows as it does by default.
    public EngineConfig(Path repository, Path state, Limits limits, Consumer<LogEvent> log) {
        this(repository, state, limits, ShadowConfig.DEFAULT, log);
    }

    /// Runs on the processors.
    public EngineConfig(Path repository, Path state, Limits limits, ShadowConfig shadow, Consumer<LogEvent> log) {
        this(repository, state, limits, new DeviceChoice.Cpu(), CudaSettings.DEFAULT, shadow, log);
    }

    /// One thing worth a log line.
    ///
    /// @param model   the model it is about, or empty
    /// @param message one sentence
    public record LogEvent(Level level, String model, String message) {}

    /// How much it matters.
    public enum Level {
        INFO, WARN, ERROR
    }
}
