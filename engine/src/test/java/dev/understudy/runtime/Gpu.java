package dev.understudy.runtime;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.understudy.ffm.Answer;

/// A GPU for the tests that need one, which are skipped where there is none and say why.
public final class Gpu {
    private Gpu() {}

    /// The lanes on the first GPU.
    public static Lanes lanes(CudaSettings settings, Isolation asked) {
        return switch (CudaLanes.open(settings, asked, note -> {})) {
            case Answer.Granted<Lanes>(Lanes lanes) -> lanes;
            case Answer.Refused<Lanes>(String reason) -> abort("no GPU: " + reason);
        };
    }
}
