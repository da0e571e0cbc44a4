package dev.understudy.server.management;

import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.server.management.Exposition.Family;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.Decision;
import dev.understudy.verdict.Gate;
import dev.understudy.verdict.Outcome;
import dev.understudy.verdict.SegmentResult;
import dev.understudy.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// The verdict on every challenger that is shadowing and has one: that on a retired one is history, and no alert. All numbers of one challenger come from one judgement.
final class VerdictMetrics {
    private final Exposition page;
    private final List<Judged> judged;

    private VerdictMetrics(Exposition page, List<Judged> judged) {
        this.page = page;
        this.judged = judged;
    }

    /// One challenger's verdict and the labels that tell it from all others.
    private record Judged(String labels, Verdict verdict) {
        String with(String label, String value) {
            return labels + "," + Exposition.labels(label, value);
        }

        /// The labels of one of its criteria, which say whether anybody declared it.
        String of(String criterion) {
            return with("criterion", criterion) + ","
                    + Exposition.labels("declared", String.valueOf(verdict.declared()));
        }
    }

    static void write(Exposition page, List<ModelStatus> models) {
        List<Judged> judged = new ArrayList<>();
        for (ModelStatus model : models) {
            for (Challenger challenger : model.challengers()) {
                if (challenger.state() == State.SHADOWING) {
                    challenger.verdict().ifPresent(
                            verdict -> judged.add(new Judged(ShadowMetrics.labels(model, challenger), verdict)));
                }
            }
        }
        VerdictMetrics metrics = new VerdictMetrics(page, judged);
        metrics.decisions();
        metrics.criteria();
        metrics.gates();
        metrics.segments();
    }

    private void decisions() {
        Family family = page.family("understudy_verdict", "gauge", "1 for the decision the verdict comes to");
        for (Judged each : judged) {
            for (Decision decision : Decision.values()) {
                family.sample(each.with("decision", decision.label()), each.verdict().decision() == decision ? 1 : 0);
            }
        }
        Family observed = page.family("understudy_verdict_observed_ratio", "gauge",
                "Share of the sampled requests that were run on the challenger");
        for (Judged each : judged) {
            observed.sample(each.labels(), each.verdict().observed());
        }
    }

    private void criteria() {
        Family outcomes = page.family("understudy_criterion_outcome", "gauge", "1 for the outcome the criterion has");
        for (Judged each : judged) {
            for (CriterionResult result : each.verdict().criteria()) {
                for (Outcome outcome : Outcome.values()) {
                    outcomes.sample(each.of(result.criterion()) + ","
                            + Exposition.labels("outcome", outcome.label()), result.outcome() == outcome ? 1 : 0);
                }
            }
        }
        number("understudy_criterion_estimate", "As observed, in the unit of the declaration; a percentage is a ratio",
                CriterionResult::estimate);
        number("understudy_criterion_low", "Lower bound that holds at all times", CriterionResult::low);
        number("understudy_criterion_high", "Upper bound that holds at all times", CriterionResult::high);
        number("understudy_criterion_limit", "The declared limit", CriterionResult::limit);
        number("understudy_criterion_samples", "Observations", CriterionResult::samples);
        number("understudy_criterion_pass_odds", "Odds against the limit being missed", CriterionResult::passOdds);
        number("understudy_criterion_fail_odds", "Odds against the limit being kept", CriterionResult::failOdds);
    }

    private void number(String name, String help, ToDoubleFunction<CriterionResult> value) {
        Family family = page.family(name, "gauge", help);
        for (Judged each : judged) {
            for (CriterionResult result : each.verdict().criteria()) {
                double number = value.applyAsDouble(result);
                if (!Double.isNaN(number)) {
                    family.sample(each.of(result.criterion()), number);
                }
            }
        }
    }

    private void gates() {
        Family family = page.family("understudy_gate_open", "gauge", "1 when the gate does not hold promotion back");
        for (Judged each : judged) {
            for (Gate gate : each.verdict().gates()) {
                family.sample(each.with("gate", gate.name()), gate.open() ? 1 : 0);
            }
        }
    }

    private void segments() {
        Family family = page.family("understudy_segment_failing", "gauge",
                "1 for a segment that misses a criterion, of those the verdict lists");
        for (Judged each : judged) {
            for (SegmentResult result : each.verdict().segments()) {
                family.sample(each.of(result.criterion()) + ","
                        + Exposition.labels("segment", result.segment()), result.failing() ? 1 : 0);
            }
        }
    }
}
