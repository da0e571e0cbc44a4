package dev.understudy.verdict;

import dev.understudy.verdict.Criterion.MemoryCap;
import dev.understudy.verdict.Criterion.MemoryGrowth;
import dev.understudy.verdict.Criterion.Rate;
import dev.understudy.verdict.Criterion.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Gives the verdict. Stateless: the same criteria, evidence and circumstances always give the same digits.
///
/// Promote when every criterion passes at this look, each at the full `false_promote`: whoever misses some limit must be
/// passed wrongly by that one criterion, so nothing needs to be divided among them. Reject when one fails, each at its
/// share of `false_reject`, since any of them may be the one that is wrong. Neither is remembered from earlier looks:
/// one that was would depend on when somebody looked, and could not be recomputed from the record. The chance of error covers
/// all looks, so a rejection that stood once may be acted on.
public final class Judge {
    /// How many segments a verdict shows for a criterion.
    public static final int SEGMENTS_MAX = 8;

    private Judge() {}

    /// The verdict on what was seen so far. Takes some microseconds for a criterion and a segment, up to milliseconds with
    /// many; meant for each look, not for each request.
    public static Verdict judge(Evidence evidence, Circumstances circumstances) {
        Criteria criteria = evidence.criteria();
        Look look = Look.of(evidence, circumstances);
        List<CriterionResult> results = new ArrayList<>();
        for (Criterion criterion : criteria.criteria()) {
            results.add(result(criterion, evidence.tracker(criterion.key()), look));
        }
        List<SegmentResult> segments = SegmentJudge.results(evidence, look);
        List<Gate> gates = Gates.of(evidence, circumstances, look, segments);
        Decision decision = decision(criteria, results, gates, look);
        return new Verdict(criteria.declared(), decision, reason(decision, criteria, results, gates), results, gates,
                segments,
                circumstances.ledger().coverage(), Gates.observed(circumstances.ledger()),
                Shedding.sentence(evidence, circumstances.ledger()),
                Noise.sentence(evidence), statement(criteria), circumstances.nowMinute());
    }

    private static CriterionResult result(Criterion criterion, Tracker tracker, Look look) {
        return switch (criterion) {
            case Rate rate -> RateJudge.result(rate, (RateTracker) tracker, look);
            case Ratio ratio -> RatioJudge.result(ratio, (RunTimeTracker) tracker, look);
            case MemoryGrowth growth -> MemoryJudge.growth(growth, (MemoryTracker) tracker, look);
            case MemoryCap cap -> MemoryJudge.cap(cap, (MemoryTracker) tracker, look);
        };
    }

    private static Decision decision(Criteria criteria, List<CriterionResult> results, List<Gate> gates,
            Look look) {
        if (!criteria.declared()) {
            return Decision.WATCH;
        }
        if (results.stream().anyMatch(result -> result.outcome() == Outcome.FAIL)) {
            return Decision.REJECT;
        }
        if (results.stream().allMatch(result -> result.outcome() == Outcome.PASS)
                && gates.stream().allMatch(Gate::open)) {
            return Decision.PROMOTE;
        }
        return look.watchedMinutes() >= criteria.giveUpAfter().toMinutes() ? criteria.giveUpAs() : Decision.WATCH;
    }

    private static String reason(Decision decision, Criteria criteria, List<CriterionResult> results,
            List<Gate> gates) {
        if (!criteria.declared()) {
            return "No criteria are declared, so nothing is decided: say in model.yaml what a challenger must show.";
        }
        String failed = named(results, Outcome.FAIL);
        String undecided = named(results, Outcome.UNDECIDED);
        String closed = gates.stream().filter(gate -> !gate.open()).map(Gate::reason)
                .collect(Collectors.joining("; "));
        String waits = undecided.isEmpty()
                ? closed
                : "undecided: " + undecided + (closed.isEmpty() ? "" : "; " + closed);
        return switch (decision) {
            case PROMOTE -> "Every criterion holds.";
            case REJECT -> failed.isEmpty()
                    ? "Given up after " + Words.minutes(criteria.giveUpAfter().toMinutes()) + ": " + waits + "."
                    : "Missed: " + failed + ".";
            case WATCH -> "Not yet: " + waits + ".";
            case NOT_ENOUGH_EVIDENCE -> "Given up after " + Words.minutes(criteria.giveUpAfter().toMinutes())
                    + ", the champion stays: " + waits + ".";
        };
    }

    private static String named(List<CriterionResult> results, Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).map(CriterionResult::criterion)
                .collect(Collectors.joining("; "));
    }

    private static String statement(Criteria criteria) {
        String about = "This is about the average over the requests compared so far, not about other requests or other"
                + " times.";
        if (!criteria.declared()) {
            return about;
        }
        return "However often anyone looks, a challenger that misses one of these limits is ever promoted with a chance of"
                + " at most " + Words.percent(criteria.falsePromote())
                + ", and one that keeps them all is ever rejected "
                + (criteria.giveUpAs() == Decision.REJECT ? "by the evidence " : "") + "with a chance of at most "
                + Words.percent(criteria.falseReject()) + ". "
                + (criteria.giveUpAs() == Decision.REJECT
                        ? "One that is undecided after " + Words.minutes(criteria.giveUpAfter().toMinutes())
                                + " is rejected too, as give_up_as says, and no chance bounds that. "
                        : "")
                + about;
    }
}
