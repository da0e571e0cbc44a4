package dev.understudy.engine;

import dev.understudy.runtime.CudaSettings;
import dev.understudy.runtime.DeviceChoice;
import java.nio.file.Path;
import java.util.function.Consumer;

/// What an engine is started with. Immutable.
///
/// @param repository the watched folder; may be read-only
/// @param state      roles, model copies and the journal; this engine's alone, outside the repository
/// @param device     where models run
/// @param cuda       how they run on a GPU, where they do
/// @param shadow     how challengers share the device with champions
/// @param log        receives one structured line an event, on any thread; must not block
public record EngineConfig(Path repository, Path state, Limits limits, DeviceChoice device, CudaSettings cuda,
        ShadowConfig shadow, Consumer<LogEvent> log) {
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
