package dev.understudy.shadow;

import dev.understudy.champion.Mirror;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import java.util.List;

/// The mirror of one champion: offers its requests to every challenger that is shadowing. Thread-safe; the list of lines is
/// replaced whole by the control thread and read by the champion's threads.
public final class ShadowFanout implements Mirror {
    private final Sampler sampler;
    private volatile List<ShadowLine> lines = List.of();

    public ShadowFanout(Sampler sampler) {
        this.sampler = sampler;
    }

    /// Replaces the challengers that are offered requests from now on.
    public void setLines(List<ShadowLine> newLines) {
        lines = List.copyOf(newLines);
    }

    @Override
    public void offer(InferenceRequest request, InferenceOutcome outcome) {
        List<ShadowLine> now = lines;
        if (now.isEmpty()) {
            return;
        }
        boolean chosen = sampler.chooses(request.requestId());
        for (ShadowLine line : now) {
            if (outcome instanceof InferenceResponse) {
                line.ledger().served();
            }
            if (chosen) {
                line.offer(request, outcome);
            }
        }
    }
}
