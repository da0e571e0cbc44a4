package dev.understudy.verdict;

import dev.understudy.verdict.Criterion.Rate;
import dev.understudy.verdict.DesignEffect.Measured;
import dev.understudy.verdict.RateJudge.Evident;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Finds segments that miss a limit. Stateless.
///
/// The j-th segment to appear, by its first minute and then by its name, fails at odds of pi^2 j^2 / 6 times those of a single one, divided among the criteria. These
/// shares add up to one however many segments there will be, so the chance that any is ever called failing wrongly is
/// at most `false_reject`. A segment has its number once its first minute is over, so that nobody who comes
/// later takes it. Until then it fails only at the odds of the last number there can be, and holds up a promotion, which is never
/// wrong, at those of the number it has so far.
///
/// Bursts count as they do in all segments together or in the segment itself, whichever is worse: a small one may have had
/// its one bad minute where the rest had none.
final class SegmentJudge {
    /// As many as there can be: 64 that clients name, one for all others, and 64 classes of labels.
    static final int NUMBERS_MAX = 129;

    private SegmentJudge() {}

    /// The odds the j-th segment fails at, natural logarithm.
    ///
    /// @param order    from 1, in the order of first appearance
    /// @param criteria how many share the chance of error
    static double logOdds(int order, int criteria, double falseReject) {
        return StrictMath.log(StrictMath.PI * StrictMath.PI * order * order * criteria / (6 * falseReject));
    }

    private record Judged(SegmentResult result, double logOdds) {}

    static List<SegmentResult> results(Evidence evidence, Look look) {
        List<Rate> rates = new ArrayList<>();
        for (Criterion criterion : evidence.criteria().criteria()) {
            if (criterion instanceof Rate rate && rate.segment() == null) {
                rates.add(rate);
            }
        }
        List<SegmentResult> results = new ArrayList<>();
        for (Rate rate : rates) {
            boolean blocks = evidence.criteria().mustNotFailInSegments().contains(rate.family());
            results.addAll(results(rate, (RateTracker) evidence.tracker(rate.key()), rates.size(), blocks, look));
        }
        return results;
    }

    private static List<SegmentResult> results(Rate rate, RateTracker tracker, int criteria, boolean blocks,
            Look look) {
        double effect = tracker.total().bursts(look.nowMinute()).effect();
        List<Map.Entry<String, Strand>> named = new ArrayList<>();
        for (Map.Entry<String, Strand> segment : tracker.segments().entrySet()) {
            if (!segment.getKey().isEmpty()) {
                named.add(segment);
            }
        }
        // Ties keep the order of the names.
        named.sort(Comparator.comparingLong(segment -> segment.getValue().all().firstMinute()));
        List<Judged> judged = new ArrayList<>();
        for (int i = 0; i < named.size(); i++) {
            Strand segment = named.get(i).getValue();
            if (segment.judged(look.nowMinute()).size() == 0) {
                continue;
            }
            Measured own = segment.bursts(look.nowMinute());
            Evident evident = Evident.of(rate, segment.judged(look.nowMinute()),
                    new Measured(Math.max(effect, own.effect()), own.busyMinutes()));
            int number = i + 1;
            int numberAtMost = segment.all().firstMinute() < look.nowMinute() ? number : Math.max(number, NUMBERS_MAX);
            double failAt = logOdds(numberAtMost, criteria, look.falseReject());
            boolean failing = evident.ripe() && evident.failLogOdds() >= failAt;
            boolean holdsUp = blocks && evident.ripe()
                    && evident.failLogOdds() >= logOdds(number, criteria, look.falseReject());
            judged.add(new Judged(result(rate, named.get(i).getKey(), evident, failAt, failing, holdsUp, look),
                    evident.failLogOdds()));
        }
        judged.sort(Comparator.<Judged, Boolean>comparing(each -> !each.result().failing())
                .thenComparing(Comparator.comparingDouble(Judged::logOdds).reversed()));
        return judged.stream().limit(Judge.SEGMENTS_MAX).map(Judged::result).toList();
    }

    private static SegmentResult result(Rate rate, String segment, Evident evident, double failAt, boolean failing,
            boolean blocks, Look look) {
        Reading reading = rate.reading();
        Interval interval = evident.interval(rate, look.passLogOdds(), failAt);
        double one = reading.declared(interval.low());
        double other = reading.declared(interval.high());
        return new SegmentResult(rate.key(), segment, failing, blocks, reading.unit(),
                reading.declared(evident.passing().mean()), reading.atLeast() ? one : other,
                reading.atLeast() ? other : one, Math.round(evident.passing().size() * evident.bursts().effect()),
                StrictMath.exp(evident.failLogOdds()), StrictMath.exp(failAt));
    }
}
