package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Figures of an independent reference in Python, each checked there against an evaluation with 50 digits.
class TestVectorsTest {
    private static final double SIX_DIGITS = 5.1e-7;
    private static final double LOG_20 = Math.log(20);
    private static final double LOG_40 = Math.log(40);

    @ParameterizedTest
    @CsvSource({"up, .95, 6.103515625e-05, .0078125, .015625, .431383439, .984375",
        "down, .95, 3.212376645e-06, .000411184, .000822368, .022465204, .984375",
        "down, .99, 6.165167298e-07, .000078914, .000157828, .005539520, .323232323",
        "down, .525, 5.522228423e-05, .007068452, .014136905, .102407221, .984375"})
    void theBetsAreTheReferences(String side, double limit, double first, double eighth, double ninth, double sixteenth,
            double last) {
        Bets bets = side.equals("up") ? Bets.above(limit) : Bets.below(limit);
        assertEquals(first, bets.fraction(0), first * 1e-9);
        assertArrayEquals(new double[]{eighth, ninth, sixteenth, last},
                new double[]{bets.fraction(7), bets.fraction(8), bets.fraction(15), bets.fraction(23)}, 5.1e-10);
    }

    @ParameterizedTest
    @CsvSource({"82, 82, .95, 2.973622, -0.954314, .949706, 1", "83, 83, .95, 3.018222, -0.957877, .950295, 1",
        "1000, 965, .95, 0.948369, -1.435814, .943248, .980454",
        "1000, 970, .95, 2.838120, -1.546584, .949583, .984097",
        "1000, 930, .95, -1.617713, 1.851436, .901066, .952908",
        "20000, 19120, .95, 5.336025, -2.403340, .951094, .960526",
        "421, 421, .99, 2.988697, -0.997186, .989981, 1", "422, 422, .99, 2.997428, -0.997867, .990005, 1",
        "50000, 49600, .99, 8.179295, -2.306817, .990629, .993227",
        "4239, 4239, .999, 2.995826, -0.996239, .999000, 1",
        "100000, 99950, .999, 12.737676, -1.968230, .999238, .999694",
        "1000, 560, .5, 4.735765, -2.392223, .508560, .610783", "6, 6, .5, 3.029442, -1.128658, .503124, 1",
        "1000000000, 950200000, .95, 416.971373, -17.329190, .950174, .950226"})
    void ratesHaveTheReferencesOddsAndIntervals(long all, long good, double limit, double up, double down, double low,
            double high) {
        Sample sample = Sample.ofGood(all, good);
        assertEquals(up, Bets.above(limit).logWealth(sample, limit), SIX_DIGITS);
        assertEquals(down, Bets.below(limit).logWealth(sample, limit), SIX_DIGITS);
        Interval interval = Interval.of(sample, limit, LOG_20, sample, limit, LOG_20);
        assertEquals(low, interval.low(), SIX_DIGITS);
        assertEquals(high, interval.high(), SIX_DIGITS);
    }

    @ParameterizedTest
    @CsvSource({".5, 6, 9", ".9, 41, 58", ".95, 83, 118", ".99, 422, 602", ".995, 846, 1206", ".999, 4239, 6041",
        ".9999, 42410, 60430"})
    void soManyCleanRequestsAreTheFewestToPass(double limit, int atFivePercent, int atOnePercent) {
        assertEquals(atFivePercent, fewestClean(limit, LOG_20));
        assertEquals(atOnePercent, fewestClean(limit, Math.log(100)));
    }

    private static long fewestClean(double limit, double logOdds) {
        return RateJudge.total(Sample.ofGood(1, 1), Bets.above(limit), limit, logOdds, 1);
    }

    @ParameterizedTest
    @CsvSource({"260, 1640, 100, .05, 3.041586, -1.912097, .050147, .108934",
        "180, 1720, 100, .05, -1.646499, -0.068323, .013251, .065845",
        "60, 940, 20, 0, 8.185127, -1.884241, .012371, .068876",
        "30, 1940, 30, 0, -1.007795, -1.007795, -.012761, .012761",
        "150, 1700, 150, .05, -2.283146, 13.648249, -.028199, .026610"})
    void gainsHaveTheReferencesOddsAndIntervals(long better, long even, long worse, double gain, double up, double down,
            double low, double high) {
        Tally tally = new Tally(Support.PAIRED);
        tally.count(2, better, 0);
        tally.count(1, even, 0);
        tally.count(0, worse, 0);
        Sample sample = Sample.forPassing(Support.PAIRED, tally);
        double limit = Reading.GAIN.mean(gain);
        assertEquals(up, Bets.above(limit).logWealth(sample, limit), SIX_DIGITS);
        assertEquals(down, Bets.below(limit).logWealth(sample, limit), SIX_DIGITS);
        Interval interval = Interval.of(sample, limit, LOG_20, sample, limit, LOG_20);
        assertEquals(low, Reading.GAIN.declared(interval.low()), SIX_DIGITS);
        assertEquals(high, Reading.GAIN.declared(interval.high()), SIX_DIGITS);
    }

    @ParameterizedTest
    @CsvSource({"100, .5, 34, 66, 33, 67", "1000, .5, 448, 552, 444, 556", "10000, .5, 4834, 5166, 4823, 5177",
        "300, .99, 290, 301, 289, 301", "1000, .99, 978, 998, 977, 999", "10000, .99, 9866, 9931, 9863, 9933",
        "100000, .99, 98895, 99102, 98888, 99108", "100000, .999, 99865, 99931, 99863, 99933"})
    void quantilesHaveTheReferencesRanks(long size, double quantile, long low, long high, long halfLow, long halfHigh) {
        assertEquals(new Ranks(low, high), Ranks.of(size, quantile, LOG_20, LOG_20));
        assertEquals(new Ranks(halfLow, halfHigh), Ranks.of(size, quantile, LOG_40, LOG_40));
    }

    @ParameterizedTest
    @CsvSource({"1, 19.691264, true", "4, 3.313107, true", "16, .051133, false"})
    void burstsDivideTheCounts(double effect, double up, boolean passes) {
        double odds = Bets.above(.95).logWealth(Sample.ofGood(20000L, 19200L).scaled(1 / effect), .95);
        assertEquals(up, odds, SIX_DIGITS);
        assertEquals(passes, odds >= LOG_20);
    }

    @Test
    void scoresHaveTheReferencesOdds() {
        Tally tally = new Tally(Support.SCORE);
        for (double score : new double[]{.99, .97, 1, .98, .96}) {
            tally.count(Support.SCORE.place(score), 1, 0);
        }
        Sample sample = Sample.forPassing(Support.SCORE, tally);
        assertEquals(.071822837, Bets.above(.95).logWealth(sample, .95), 5.1e-10);
        assertEquals(149.853296, Bets.above(.95).logWealth(sample.scaled(1000), .95), SIX_DIGITS);
    }

    @ParameterizedTest
    @CsvSource({"18, 16, 4.748497, -1.431951", "18, 15, 2.874483, ", "18, 9, -.816037, -.816037"})
    void votesHaveTheReferencesOdds(long votes, long kept, double up, Double down) {
        Sample sample = Sample.ofGood(votes, kept);
        assertEquals(up, Bets.above(.5).logWealth(sample, .5), SIX_DIGITS);
        if (down != null) {
            assertEquals(down, Bets.below(.5).logWealth(sample, .5), SIX_DIGITS);
        }
    }

    @Test
    void sixteenOfEighteenVotesPassAndFifteenDoNot() {
        assertTrue(Bets.above(.5).logWealth(Sample.ofGood(18L, 16L), .5) >= LOG_20);
        assertFalse(Bets.above(.5).logWealth(Sample.ofGood(18L, 15L), .5) >= LOG_20);
        assertTrue(Bets.above(.5).logWealth(Sample.ofGood(6L, 6L), .5) >= LOG_20);
    }

    @ParameterizedTest
    @CsvSource({"1000, 970, .95, 1038", "1000, 960, .95, 4680"})
    void theForecastIsTheReferences(long all, long good, double limit, long total) {
        assertEquals(total, RateJudge.total(Sample.ofGood(all, good), Bets.above(limit), limit, LOG_20, all));
    }

    @ParameterizedTest
    @CsvSource({"1, 3.493433", "2, 4.879727", "3, 5.690657", "10, 8.098603"})
    void segmentsFailAtTheReferencesOdds(int order, double logOdds) {
        assertEquals(logOdds, SegmentJudge.logOdds(order, 1, .05), SIX_DIGITS);
    }

    @ParameterizedTest
    @CsvSource({"1, 2.995732", "4, 4.382027", "6, 4.787492"})
    void criteriaShareTheChanceOfAWrongRejection(int criteria, double logOdds) {
        assertEquals(logOdds, Look.failLogOdds(criteria, .05), SIX_DIGITS);
    }

    @ParameterizedTest
    @CsvSource({".99, 198, 199, 178.2, 179.1, .904545, .895477", ".5, 148, 151, 133.2, 135.9, .918243, .882119"})
    void theRatioOfQuantilesHasTheReferencesBounds(double quantile, double championLow, double championHigh,
            double challengerLow, double challengerHigh, double passesFrom, double failsBelow) {
        double[] champion = new double[10_000];
        for (int i = 0; i < champion.length; i++) {
            champion[i] = 100 + i / 100;
        }
        Ranks ranks = Ranks.of(champion.length, quantile, LOG_40, LOG_40);
        double low = champion[(int) ranks.low()];
        double high = champion[(int) ranks.high() - 1];
        assertArrayEquals(new double[]{championLow, championHigh, challengerLow, challengerHigh},
                new double[]{low, high, .9 * low, .9 * high}, 1e-9);
        assertEquals(passesFrom, .9 * high / low, SIX_DIGITS);
        assertEquals(failsBelow, .9 * low / high, SIX_DIGITS);
    }
}
