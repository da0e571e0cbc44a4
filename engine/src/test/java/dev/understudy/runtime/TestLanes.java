package dev.understudy.runtime;

import dev.understudy.ffm.Answer;
import java.util.Optional;

/// Lanes for tests elsewhere.
public final class TestLanes {
    private TestLanes() {}

    /// Paced lanes on a system that refuses the idle class, so that a test gets its runs done on a busy machine too.
    public static Lanes pacedInTheNormalClass() {
        return CpuLanes.open(Isolation.PACED, () -> Optional.of("a test"), () -> new Answer.Refused<>("a test"),
                refusal -> {});
    }

    /// Paced lanes that are to be treated as a GPU's: a run ends what it began, and digits depend on these numerics. They run on
    /// the processors.
    public static Lanes asOnAGpu(String numerics) {
        Lanes lanes = pacedInTheNormalClass();
        return new Lanes(lanes.champion(), lanes.challenger(), lanes.probes(), lanes.asked(), lanes.achieved(), 1,
                false, "cuda:0", numerics, lanes.release());
    }
}
