package dev.understudy.engine;

import dev.understudy.checkup.CudaFacts;
import dev.understudy.checkup.Obstacle;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.EngineStartException.Kind;
import dev.understudy.runtime.DeviceChoice;
import dev.understudy.runtime.DeviceRefusedException;
import dev.understudy.runtime.OpenedDevice;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Opens the device that an engine's models run on, and says what is missing where it is not the one that was wanted.
/// Stateless.
final class Placement {
    private Placement() {}

    /// @throws EngineStartException where a GPU was asked for by name and cannot be used
    static OpenedDevice open(EngineConfig config) throws EngineStartException {
        try {
            return OpenedDevice.open(config.device(), config.cuda(), config.shadow().isolation(),
                    note -> config.log().accept(new LogEvent(Level.WARN, "", note)),
                    reason -> fallenBack(CudaFacts.gather(), reason)
                            .ifPresent(line -> config.log().accept(new LogEvent(Level.INFO, "", line))));
        } catch (DeviceRefusedException e) {
            throw new EngineStartException(Kind.DEVICE,
                    refused(config.device(), CudaFacts.gather(), String.valueOf(e.getMessage())));
        }
    }

    /// What the person is told whose GPU cannot be had.
    ///
    /// @param reason what trying it met first
    static String refused(DeviceChoice asked, CudaFacts facts, String reason) {
        int ordinal = asked instanceof DeviceChoice.Cuda(int number) ? number : 0;
        return "cannot serve on " + asked.label() + ": " + problems(facts.obstacles(ordinal), reason)
                + "; `understudy doctor --device " + asked.label() + "` says what to install";
    }

    /// What is worth saying of a processor that serves in a GPU's place: nothing where there is no GPU.
    static Optional<String> fallenBack(CudaFacts facts, String reason) {
        return facts.gpuSeen()
                ? Optional.of("models run on the processor and not on the GPU that is here: "
                        + problems(facts.obstacles(0), reason) + "; `understudy doctor` says what to install")
                : Optional.empty();
    }

    /// All that can be seen to be in the way, else what was met.
    private static String problems(List<Obstacle> obstacles, String reason) {
        return obstacles.isEmpty()
                ? reason
                : obstacles.stream().map(Obstacle::problem).collect(Collectors.joining("; "));
    }
}
