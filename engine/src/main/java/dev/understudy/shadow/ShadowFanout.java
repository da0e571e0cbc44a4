package dev.understudy.shadow;

import dev.understudy.champion.Mirror;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The mirror of one champion: offers its requests to every challenger that is shadowing, and notes how fast it answered.
/// Thread-safe; the list of lines is replaced whole by the control thread and read by the champion's threads.
public final class ShadowFanout implements Mirror {
    private final Sampler sampler;
    private final Governor governor;
    /// Made for the first challenger, since there are models without one.
    private volatile @Nullable ChampionLatency champion;
    private volatile List<ShadowLine> lines = List.of();
    private volatile List<ProbeLine> probes = List.of();
    private volatile LatencyRatio ratio = LatencyRatio.UNKNOWN;

    public ShadowFanout(Sampler sampler, Governor governor) {
        this(sampler, governor, null);
    }

    /// One of whose champion something is known already.
    ShadowFanout(Sampler sampler, Governor governor, @Nullable ChampionLatency champion) {
        this.sampler = sampler;
        this.governor = governor;
        this.champion = champion;
    }

    /// Replaces the challengers that are offered requests from now on.
    ///
    /// @param newProbes the latency probes of some of them
    public void setLines(List<ShadowLine> newLines, List<ProbeLine> newProbes) {
        if (champion == null && !newLines.isEmpty()) {
            champion = new ChampionLatency();
        }
        lines = List.copyOf(newLines);
        probes = List.copyOf(newProbes);
    }

    @Override
    public void offer(InferenceRequest request, InferenceOutcome outcome) {
        List<ShadowLine> now = lines;
        if (now.isEmpty()) {
            return;
        }
        boolean answered = outcome instanceof InferenceResponse;
        ChampionLatency latency = champion;
        if (latency != null && outcome instanceof InferenceResponse response) {
            long nanos = nanos(response.timings());
            latency.record(governor.window(), nanos);
            if (governor.maintenance().running()) {
                governor.maintenance().answered(nanos);
            }
        }
        long draw = Sampler.draw(request.requestId());
        boolean chosen = sampler.chooses(draw, 0);
        for (ShadowLine line : now) {
            if (answered) {
                line.ledger().served();
            }
            if (chosen) {
                line.offer(request, outcome, sampler.chooses(draw, line.halvings()));
            }
        }
        if (chosen) {
            for (ProbeLine probe : probes) {
                probe.offer(draw, request, outcome);
            }
        }
    }

    /// From admission to the answer.
    private static long nanos(Timings timings) {
        return timings.queueNanos() + timings.computeInputNanos() + timings.computeInferNanos()
                + timings.computeOutputNanos();
    }

    /// Ends a cycle of the lane's. Called by the [Governor].
    ///
    /// @return whether the champion is slower than without the lane
    boolean closeCycle() {
        ChampionLatency latency = champion;
        if (latency != null) {
            latency.closeCycle();
            ratio = latency.ratio();
        }
        return BackOff.hurts(ratio);
    }

    /// The lane will work differently from now on.
    void forget() {
        ChampionLatency latency = champion;
        if (latency != null) {
            latency.forget();
        }
    }

    /// The champion's latency with the challengers' lane on over that with it off, as of the last cycle.
    public LatencyRatio ratio() {
        return ratio;
    }
}
