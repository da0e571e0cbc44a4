package dev.understudy.engine;

import dev.understudy.checkup.CudaFacts;
import dev.understudy.checkup.Obstacle;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.EngineStartException.Kind;
import dev.understudy.runtime.DeviceChoice;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Where an engine's models run, of what was asked for and what there is. Stateless.
final class Placement {
    private Placement() {}

    /// The device to run on, never [DeviceChoice.Auto].
    ///
    /// @param cuda what there is of CUDA; asked unless the processor was chosen
    /// @param log  told where there is a GPU and `auto` does without it
    /// @throws EngineStartException where a GPU was asked for by name and cannot be used
    static DeviceChoice settle(DeviceChoice asked, Supplier<CudaFacts> cuda, Consumer<LogEvent> log)
            throws EngineStartException {
        switch (asked) {
            case DeviceChoice.Cpu cpu -> {
                return cpu;
            }
            case DeviceChoice.Cuda gpu -> {
                List<Obstacle> obstacles = cuda.get().obstacles(gpu.ordinal());
                if (!obstacles.isEmpty()) {
                    throw new EngineStartException(Kind.DEVICE, "cannot serve on " + gpu.label() + ": "
                            + problems(obstacles) + "; `understudy doctor --device " + gpu.label()
                            + "` says what to install");
                }
                return gpu;
            }
            case DeviceChoice.Auto auto -> {
                DeviceChoice.Cuda first = new DeviceChoice.Cuda(0);
                CudaFacts facts = cuda.get();
                List<Obstacle> obstacles = facts.obstacles(first.ordinal());
                if (facts.gpuSeen() && !obstacles.isEmpty()) {
                    log.accept(new LogEvent(Level.INFO, "", "models run on the processor and not on the GPU: "
                            + problems(obstacles) + "; `understudy doctor` says what to install"));
                }
                return obstacles.isEmpty() ? first : new DeviceChoice.Cpu();
            }
        }
    }

    private static String problems(List<Obstacle> obstacles) {
        return obstacles.stream().map(Obstacle::problem).collect(Collectors.joining("; "));
    }
}
