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
}
