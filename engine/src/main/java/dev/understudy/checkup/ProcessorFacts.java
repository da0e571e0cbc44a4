package dev.understudy.checkup;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.Membarrier;
import dev.understudy.runtime.CpuLanes;
import dev.understudy.runtime.Isolation;
import java.util.Optional;

/// What the system grants of what is to keep challengers off the champion on the processor. Immutable.
///
/// @param cores       that the JVM takes as its own
/// @param limits      of the control groups around it
/// @param idleRefusal why there are no threads of the idle class, empty where there are
/// @param barrierRefusal why there is no membarrier, empty where there is
/// @param isolation   the highest level of which everything is granted
public record ProcessorFacts(int cores, CgroupLimits limits, Optional<String> idleRefusal,
        Optional<String> barrierRefusal, Isolation isolation) {
    /// Asks the system, which leaves this process registered for membarriers.
    static ProcessorFacts gather() {
        return new ProcessorFacts(Runtime.getRuntime().availableProcessors(), CgroupLimits.gather(),
                CpuLanes.tryIdleClass(),
                askForMembarrier(), CpuLanes.open(Isolation.PACED, _ -> {}).achieved());
    }

    private static Optional<String> askForMembarrier() {
        return Membarrier.register() instanceof Answer.Refused<Membarrier>(String reason)
                ? Optional.of(reason)
                : Optional.empty();
    }
}
