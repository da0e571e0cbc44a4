package dev.understudy.benchmarks.gpu;

import dev.understudy.benchmarks.lane.EngineSide;
import dev.understudy.benchmarks.lane.Subject;
import dev.understudy.engine.EngineConfig;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.Limits;
import dev.understudy.engine.ShadowConfig;
import dev.understudy.runtime.Isolation;
import java.io.IOException;
import java.util.function.Consumer;

/// Starts engines as the studies need them. Immutable.
///
/// @param device `cpu` or `cuda:N`
/// @param log    receives their events, on any thread
record Engines(String device, Consumer<LogEvent> log) {
    /// Declared, since what an accelerator rounds differently by batch size would else be taken for a dependence of rows.
    private static final String MODEL_YAML = "max_batch_size: 32\n";

    /// An engine whose champion has no challenger.
    EngineSide alone(String name, Subject subject, Isolation isolation) throws IOException {
        ShadowConfig shadow = new ShadowConfig(isolation, ShadowConfig.DEFAULT.maxDeviceShare());
        return EngineSide.alone(name, subject, MODEL_YAML,
                stage -> new EngineConfig(stage.repository(), stage.state(), Limits.DEFAULT, shadow, event -> {
                    EngineSide.tell(name, event);
                    log.accept(event);
                }));
    }

    /// An engine whose champion is shadowed already, by its own graph.
    EngineSide shadowed(Subject subject, Isolation isolation) throws IOException {
        EngineSide side = alone(isolation.label(), subject, isolation);
        try {
            side.dropChallenger(1);
            side.awaitShadowing();
            return side;
        } catch (IOException e) {
            side.close();
            throw e;
        }
    }
}
