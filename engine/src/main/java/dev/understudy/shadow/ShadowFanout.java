package dev.understudy.shadow;

import dev.understudy.champion.Mirror;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import java.util.List;

/// The mirror of one champion: offers its requests to every challenger that is shadowing, and notes how fast it answered.
/// Thread-safe; the list of lines is replaced whole by the control thread and read by the champion's threads.
public final class ShadowFanout implements Mirror {
    private final Sampler sampler;
    private final Governor governor;
    private final ChampionLatency champion = new ChampionLatency();
    private volatile List<ShadowLine> lines = List.of();
    private volatile LatencyRatio ratio = LatencyRatio.UNKNOWN;

    public ShadowFanout(Sampler sampler, Governor governor) {
        this.sampler = sampler;
        this.governor = governor;
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
        boolean answered = outcome instanceof InferenceResponse;
        if (outcome instanceof InferenceResponse response) {
            champion.record(governor.window(), nanos(response.timings()));
        }
        long draw = Sampler.draw(request.requestId());
        for (ShadowLine line : now) {
            if (answered) {
                line.ledger().served();
            }
            if (sampler.chooses(draw, line.halvings())) {
                line.offer(request, outcome);
            }
        }
    }

    /// From admission to the answer.
    private static long nanos(Timings timings) {
        return timings.queueNanos() + timings.computeInputNanos() + timings.computeInferNanos()
                + timings.computeOutputNanos();
    }

    /// How fast the champion answers.
    ChampionLatency champion() {
        return champion;
    }

    /// Ends a cycle of the lane's. Called by the [Governor].
    ///
    /// @return whether the champion is slower than without the lane
    boolean closeCycle() {
        champion.closeCycle();
        ratio = champion.ratio();
        return BackOff.hurts(ratio);
    }

    /// The lane will work differently from now on.
    void forgetOn() {
        champion.forgetOn();
    }

    /// The champion's latency with the challengers' lane on over that with it off, as of the last cycle.
    public LatencyRatio ratio() {
        return ratio;
    }
}
