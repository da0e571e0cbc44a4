package dev.understudy.server.management;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.diff.Difference;
import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.OutputDifference.Elementwise;
import dev.understudy.diff.OutputDifference.ScoreMetrics;
import dev.understudy.diff.OutputDifference.Structural;
import dev.understudy.diff.OutputNoise;
import dev.understudy.diff.TensorMetrics;
import dev.understudy.engine.CriteriaInForce;
import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.engine.ModelStatus.Effect;
import dev.understudy.engine.ModelStatus.Effort;
import dev.understudy.engine.ModelStatus.ExtraLooks;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.engine.ModelStatus.Version;
import dev.understudy.engine.NoiseStatus;
import dev.understudy.journal.Capture;
import dev.understudy.journal.Comparison;
import dev.understudy.journal.JournalEvent;
import dev.understudy.journal.StoredComparison;
import dev.understudy.journal.Terms;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.SessionMemory;
import dev.understudy.shadow.LatencyRatio;
import dev.understudy.shadow.LatencyRatio.Surely;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.Decision;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.Gate;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Outcome;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.SegmentResult;
import dev.understudy.verdict.ShedReason;
import dev.understudy.verdict.Unit;
import dev.understudy.verdict.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Models, challengers and comparisons for tests.
final class Cast {
    static final String CHAMPION_SHA = "a".repeat(64);
    static final String CHALLENGER_SHA = "1f0c22ab" + "b".repeat(56);
    static final String OTHER_SHA = "2e9d33cd" + "c".repeat(56);
    static final LedgerCounts LEDGER = new LedgerCounts(200, 150, 100,
            Map.of(ShedReason.QUEUE_FULL, 20L, ShedReason.STALE, 7L), Map.of(FailureReason.TIMEOUT, 3L), 20);

    static final ExtraLooks EXTRA = new ExtraLooks(new LedgerCounts(0, 9, 5, Map.of(ShedReason.OVER_BUDGET, 3L),
            Map.of(FailureReason.RUN, 1L), 0),
            new LedgerCounts(0, 11, 8, Map.of(ShedReason.OVER_BUDGET, 2L), Map.of(), 1));

    private Cast() {}

    static Pair pair(String challengerSha) {
        return new Pair("digits", CHAMPION_SHA, challengerSha, "0123456789abcdef");
    }

    static Challenger challenger(String version, String sha256) {
        return new Challenger(version, sha256, State.SHADOWING, "", Optional.of(pair(sha256)), 0.75, LEDGER,
                new Agreement(100, 96), Isolation.PACED,
                new Effort(0.375, 40, 1.5, 0.25, Optional.of(new SessionMemory(3_000, 2_000))), EXTRA,
                Optional.of(verdict()));
    }

    static Challenger refused(String version, String sha256, String reason) {
        return new Challenger(version, sha256, State.REFUSED, reason, Optional.of(pair(sha256)), 0, LedgerCounts.ZERO,
                Agreement.NONE, Isolation.PACED, Effort.NONE, ExtraLooks.NONE, Optional.empty());
    }

    /// A refused version of a model without a champion.
    static Challenger alone(String version, String sha256, String reason) {
        return new Challenger(version, sha256, State.REFUSED, reason, Optional.empty(), 0, LedgerCounts.ZERO,
                Agreement.NONE, Isolation.PACED, Effort.NONE, ExtraLooks.NONE, Optional.empty());
    }

    static ModelStatus model(String name, Challenger... challengers) {
        return new ModelStatus(name, Optional.of(new Version("1", CHAMPION_SHA)), List.of(challengers), 0.75,
                new Effect(12, 0.5, new LatencyRatio(1.02, 1.05, 1.5, new Surely(0.99, -10), new Surely(1.01, 20)),
                        Optional.empty()),
                List.of(), criteria(), noise());
    }

    /// Calibrated: one output needs four default tolerances, another cannot be had by any.
    static NoiseStatus noise() {
        return new NoiseStatus(
                new NoiseFloor(NoiseFloor.PAIRS_MAX,
                        List.of(new OutputNoise("mask", DataType.FP32, List.of(0.0, Double.POSITIVE_INFINITY)),
                                new OutputNoise("scores", DataType.FP32, List.of(0.5, 0.5, 2.0)))),
                Set.of("scores"), true);
    }

    /// [#noise] as the API writes it.
    static final String NOISE = """
            {"pairs":500,"pairs_needed":500,"status":"calibrated",
             "sentence":"Noise floor of the champion's first 500 second runs: \\"mask\\" differs from itself by what no tolerance covers; tolerance: auto of \\"scores\\" is atol 4.0E-5, rtol 4.0E-4.",
             "automatic":["scores"],"outputs":[
             {"output":"mask","datatype":"FP32","median":0.0,"nearly_all":"Infinity","offer":null},
             {"output":"scores","datatype":"FP32","median":0.5,"nearly_all":2.0,
              "offer":"\\"scores\\": {rule: close, atol: 4.0E-5, rtol: 4.0E-4, on: 100%}"}]}""";

    static CriteriaInForce criteria() {
        return new CriteriaInForce(Terms.NONE.criteria(), CriteriaInForce.Source.MODEL_YAML, "", 0);
    }

    /// [#verdict] as the API writes it.
    static final String VERDICT = """
            {"declared":true,"decision":"reject","reason":"agreement is missed","as_of":"2023-11-14T22:13:00Z","criteria":[
             {"criterion":"agreement: {at_least: 99%}","outcome":"fail","unit":"percent","estimate":0.96,"low":0.93,
              "high":0.98,"limit":0.99,"samples":100,"effective":80.0,"design_effect":1.25,"pass_odds":0.01,
              "pass_odds_needed":20.0,"fail_odds":"Infinity","fail_odds_needed":40.0,"more_samples":null,"needed":"",
              "declared":true},
             {"criterion":"accuracy_gain: {at_least: 0 points}","outcome":"undecided","unit":"points","estimate":null,
              "low":null,"high":null,"limit":0.0,"samples":0,"effective":0.0,"design_effect":1.0,"pass_odds":1.0,
              "pass_odds_needed":20.0,"fail_odds":1.0,"fail_odds_needed":40.0,"more_samples":500,
              "needed":"about 500 more labels","declared":true}],
             "gates":[{"name":"min_coverage","open":false,"reason":"coverage 67% of 90%"}],
             "segments":[{"criterion":"agreement: {at_least: 99%}","segment":"night","failing":true,"blocks":true,
              "unit":"percent","estimate":0.9,"low":0.8,"high":0.95,"samples":50,"fail_odds":900.0,
              "fail_odds_needed":120.0,"declared":true}],
             "coverage":0.5,"observed":0.67,"shedding":"what was shed took longer","noise":"no re-runs yet",
             "statement":"wrong at most once in 20"}""";

    /// One criterion fails, one has seen nothing, and one segment is worst.
    static Verdict verdict() {
        CriterionResult failing = new CriterionResult("agreement: {at_least: 99%}", Outcome.FAIL, Unit.PERCENT, 0.96,
                0.93, 0.98, 0.99, 100, 80, 1.25, 0.01, 20, Double.POSITIVE_INFINITY, 40, OptionalLong.empty(), "");
        CriterionResult unseen = new CriterionResult("accuracy_gain: {at_least: 0 points}", Outcome.UNDECIDED,
                Unit.POINTS, Double.NaN, Double.NaN, Double.NaN, 0, 0, 0, 1, 1, 20, 1, 40, OptionalLong.of(500),
                "about 500 more labels");
        return new Verdict(true, Decision.REJECT, "agreement is missed", List.of(failing, unseen),
                List.of(new Gate("min_coverage", false, "coverage 67% of 90%")),
                List.of(new SegmentResult("agreement: {at_least: 99%}", "night", true, true, Unit.PERCENT, 0.9, 0.8,
                        0.95, 50, 900, 120)),
                0.5, 0.67, "what was shed took longer", "no re-runs yet", "wrong at most once in 20", 28_333_333);
    }

    static ServingStatistics statistics(String model) {
        return new ServingStatistics(model, "1", 5, 40, 30, duration(25, 2_500_999), duration(4, 9),
                duration(25, 3_000),
                duration(30, 4_000), duration(30, 5_000), duration(30, 6_000), List.of(), 6);
    }

    private static ServingStatistics.Duration duration(long count, long nanos) {
        return new ServingStatistics.Duration(count, nanos);
    }

    static Comparison comparison(String requestId) {
        TensorMetrics metrics = new TensorMetrics(10, 3, 1, 0, 0.5, Double.POSITIVE_INFINITY, 0.125, 0.25, Double.NaN,
                77, 4.5, 2);
        return new Comparison(1_700_000_000_123L, pair(CHALLENGER_SHA), requestId, "order-7", "night",
                1_000, 4, 2_000, 32,
                new Difference(List.of(
                        new Elementwise("scores", "same_top_answer", false, 4.5, metrics,
                                new ScoreMetrics(1, 1, 0.5, 3, 3, 8)),
                        new Structural("label", "shape: champion [1], challenger [2]"))));
    }

    static StoredComparison stored(String requestId) {
        return new StoredComparison(42, true, comparison(requestId));
    }

    static Capture capture(String requestId) {
        return new Capture(comparison(requestId),
                List.of(Tensor.ofFloats("pixels", Shape.of(1, 3), 0f, 0.5f, Float.NaN)),
                List.of(Tensor.ofStrings("label", Shape.of(1), "three"),
                        Tensor.ofFloats("scores", Shape.of(1, 3), .75f, .25f, 0f)),
                List.of(Tensor.ofStrings("label", Shape.of(1), "eight"),
                        Tensor.ofFloats("scores", Shape.of(1, 3), .5f, .5f, 0f)));
    }

    static JournalEvent event(JournalEvent.Kind kind, String detail) {
        return new JournalEvent(1_700_000_000_000L, kind, "digits", "2", CHALLENGER_SHA, detail);
    }
}
