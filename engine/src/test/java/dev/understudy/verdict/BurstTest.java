package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.verdict.DesignEffect.Measured;
import dev.understudy.verdict.Observation.Failed;
import dev.understudy.verdict.Observation.Probed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BurstTest {
    private static MinuteSeries series(int[] all, int[] good) {
        MinuteSeries series = new MinuteSeries();
        for (int i = 0; i < all.length; i++) {
            series.add(Trials.START + i, 1, good[i]);
            series.add(Trials.START + i, 0, all[i] - good[i]);
        }
        return series;
    }

    /// The formula as it is written, block length by block length and minute by minute.
    private static double plain(int[] all, int[] good) {
        double largest = 1;
        for (int now = 1; now <= all.length; now++) {
            for (int length = 1; length <= now; length *= 2) {
                int blocks = now / length;
                if (blocks < 10) {
                    break;
                }
                List<double[]> sums = new ArrayList<>();
                double count = 0;
                double sum = 0;
                for (int block = 0; block < blocks; block++) {
                    double[] at = new double[2];
                    for (int i = block * length; i < (block + 1) * length; i++) {
                        at[0] += all[i];
                        at[1] += good[i];
                    }
                    sums.add(at);
                    count += at[0];
                    sum += at[1];
                }
                double mean = sum / count;
                double between = 0;
                for (double[] at : sums) {
                    between += Math.pow(at[1] - mean * at[0], 2);
                }
                double effect = blocks / (blocks - 1.0) * between / (count * mean * (1 - mean));
                largest = effect > largest ? effect : largest;
            }
        }
        return largest;
    }

    @Property(tries = 60)
    void onePassOverTheMinutesGivesTheFormula(@ForAll long seed, @ForAll @IntRange(max = 200) int minutes) {
        Random random = new Random(seed);
        int[] all = new int[minutes];
        int[] good = new int[minutes];
        for (int i = 0; i < minutes; i++) {
            all[i] = 1 + random.nextInt(100);
            good[i] = i / 7 % 3 == 0 ? random.nextInt(all[i] + 1) : all[i];
        }
        Measured measured = DesignEffect.of(series(all, good), Trials.START + minutes);
        double plain = plain(all, good);
        assertEquals(plain, measured.effect(), plain * 1e-6);
        assertEquals(minutes, measured.busyMinutes());
    }

    @Test
    void independentTrafficIsWorthWhatItCounts() {
        Random random = new Random(7);
        int[] all = new int[500];
        int[] good = new int[500];
        for (int i = 0; i < all.length; i++) {
            all[i] = 200;
            for (int request = 0; request < 200; request++) {
                good[i] += random.nextInt(20) > 0 ? 1 : 0;
            }
        }
        double effect = DesignEffect.of(series(all, good), Trials.START + 500).effect();
        assertTrue(effect < 3, () -> "seed 7: " + effect);
    }

    @Test
    void aMinuteThatIsNotOverSaysNothingYet() {
        int[] all = new int[40];
        int[] good = new int[40];
        for (int i = 0; i < 40; i++) {
            all[i] = 100;
            good[i] = i == 39 ? 0 : 95 + i % 3;
        }
        MinuteSeries series = series(all, good);
        assertTrue(DesignEffect.of(series, Trials.START + 39).effect() < 2);
        assertTrue(DesignEffect.of(series, Trials.START + 40).effect() > 10);
        assertEquals(39, DesignEffect.of(series, Trials.START + 39).busyMinutes());
    }

    @Test
    void latencyIsNotDecidedBeforeBurstsCanBeToldAndThenByWhatTheyLeave() {
        Evidence evidence = new Evidence(Trials.criteria("latency_p90: {at_most: 100ms}"));
        for (int minute = 0; minute < 29; minute++) {
            probe(evidence, minute, 0);
        }
        CriterionResult early = Trials.judge(evidence, 29).criteria().getFirst();
        assertEquals(Outcome.UNDECIDED, early.outcome());
        assertTrue(early.passOdds() > early.passOddsNeeded());
        assertEquals("30 minutes with observations, to tell bursts by: 29 so far", early.needed());
        probe(evidence, 29, 0);
        assertEquals(Outcome.PASS, Trials.judge(evidence, 30).criteria().getFirst().outcome());
        // Every tenth minute all requests are slow: 6% of all, in few pieces.
        Evidence bursty = new Evidence(evidence.criteria());
        for (int minute = 0; minute < 60; minute++) {
            probe(bursty, minute, minute % 15 == 0 ? 100 : 0);
        }
        CriterionResult result = Trials.judge(bursty, 60).criteria().getFirst();
        assertEquals(1 - 4.0 / 60, result.estimate(), 1e-12);
        assertTrue(result.designEffect() > 50, result.toString());
        assertEquals(6000 / result.designEffect(), result.effective(), 1e-9);
        assertEquals(Outcome.UNDECIDED, result.outcome());
        assertTrue(Bets.above(.9).logWealth(Sample.ofGood(6000L, 5600L), .9) > Math.log(20));
    }

    private static void probe(Evidence evidence, int minute, int slow) {
        for (int i = 0; i < 100; i++) {
            evidence.take(new Probed(Trials.START + minute, null, i < slow ? 200_000_000 : 50_000_000));
        }
    }

    @Test
    void theMinuteThatIsNotOverIsLeftOutOfWhatIsJudged() {
        Evidence evidence = new Evidence(Trials.criteria("errors: {at_most: 0.1%}"));
        for (int minute = 0; minute < 30; minute++) {
            Trials.compare(evidence, Trials.START + minute, "", 1000, 1000);
        }
        for (int i = 0; i < 300; i++) {
            evidence.take(new Failed(Trials.START + 30, "EU", true, FailureReason.RUN));
        }
        // Whoever looks late, by a clock that was behind, sees the same.
        for (long now : new long[]{29, 30}) {
            Verdict open = Trials.judge(evidence, now);
            assertEquals(Outcome.PASS, open.criteria().getFirst().outcome(), open.toString());
            assertEquals(List.of(), open.segments());
            assertEquals(30_000, open.criteria().getFirst().samples());
        }
        CriterionResult over = Trials.judge(evidence, 31).criteria().getFirst();
        assertEquals(30_300, over.samples());
        assertTrue(over.designEffect() > 100, over.toString());
        assertEquals(Outcome.UNDECIDED, over.outcome());
        Evidence each = new Evidence(
                Trials.parse("watch_at_least: 0\ncorrect_for_bursts: []\npromote_when: [errors: {at_most: 0.1%}]"));
        each.take(new Failed(Trials.START + 30, null, true, FailureReason.RUN));
        assertEquals(1, Trials.judge(each, 30).criteria().getFirst().samples());
    }

    @Test
    void aSmallSegmentIsJudgedByItsOwnBursts() {
        Evidence evidence = new Evidence(Trials.criteria("errors: {at_most: 1%}"));
        String errors = evidence.criteria().criteria().getFirst().key();
        for (int minute = 0; minute < 41; minute++) {
            evidence.add(new EvidenceMinute(Trials.START + minute, errors, "a", 9_910 + minute % 3 * 9, 0,
                    90 - minute % 3 * 9, 0, null));
            int bad = minute == 20 ? 40 : 0;
            evidence.add(new EvidenceMinute(Trials.START + minute, errors, "b", 40 - bad, 0, bad, 0, null));
        }
        Verdict verdict = Trials.judge(evidence, 41);
        assertTrue(verdict.criteria().getFirst().designEffect() < 1.5, verdict.toString());
        SegmentResult small = verdict.segments().stream().filter(each -> each.segment().equals("b")).findFirst()
                .orElseThrow();
        assertFalse(small.failing(), small.toString());
        assertTrue(Bets.below(.99).logWealth(Sample.ofGood(1640L, 1600L), .99) > SegmentJudge.logOdds(2, 1, .05),
                "it would fail if its requests counted one by one");
    }
}
