package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How often the verdict is wrong when someone looks after every request, and how soon it comes when there is something
/// to see. The stopping times are exact: for each number of bad requests it is known before at how many requests the
/// bets win, so a run costs no more than its bad requests. `benchmarks/run verdict` does the same at length.
class PeekingTest {
    private static final long SEED = 20260712;
    private static final int RUNS = 2000;
    private static final int REQUESTS = 20_000;
    private static final long NEVER = Long.MAX_VALUE;

    /// Where the bets of one limit win, by the number of bad requests: passed from `passes[bad]` requests on, failed up to
    /// `fails[bad]`.
    private static final class Boundaries {
        private final long[] passes;
        private final long[] fails;

        private Boundaries(long[] passes, long[] fails) {
            this.passes = passes;
            this.fails = fails;
        }

        static Boundaries of(double limit, double logOdds, double worst) {
            int bads = (int) (REQUESTS * worst + 8 * Math.sqrt(REQUESTS * worst) + 20);
            long[] passes = new long[bads];
            long[] fails = new long[bads];
            Bets above = Bets.above(limit);
            Bets below = Bets.below(limit);
            for (int bad = 0; bad < bads; bad++) {
                // Where the one before lay is near, and so is where it takes a few requests more.
                long shy = bad == 0 ? 0 : Math.max(bad - 1, passes[bad - 1] - 1);
                long enough = Math.min(REQUESTS + 1, shy + 2);
                while (enough <= REQUESTS && above.logWealth(Sample.ofGood(enough, enough - bad), limit) < logOdds) {
                    shy = enough;
                    enough = Math.min(REQUESTS + 1, enough + 2 * (enough - (bad == 0 ? 0 : passes[bad - 1])));
                }
                while (enough - shy > 1) {
                    long middle = (shy + enough) / 2;
                    if (above.logWealth(Sample.ofGood(middle, middle - bad), limit) >= logOdds) {
                        enough = middle;
                    } else {
                        shy = middle;
                    }
                }
                passes[bad] = enough;
                long few = bad == 0 ? 0 : Math.max(bad - 1, fails[bad - 1]);
                long many = few + 2;
                while (many <= REQUESTS && below.logWealth(Sample.ofGood(many, many - bad), limit) >= logOdds) {
                    few = many;
                    many = Math.min(REQUESTS + 1, many + 2 * (many - (bad == 0 ? 0 : fails[bad - 1])));
                }
                while (many - few > 1) {
                    long middle = (few + many) / 2;
                    if (below.logWealth(Sample.ofGood(middle, middle - bad), limit) >= logOdds) {
                        few = middle;
                    } else {
                        many = middle;
                    }
                }
                fails[bad] = few >= Math.max(bad, 1) && below.logWealth(Sample.ofGood(few, few - bad), limit) >= logOdds
                        ? few
                        : 0;
            }
            return new Boundaries(passes, fails);
        }

        /// When a run of independent requests is first passed and first failed.
        long[] stops(SplittableRandom random, double badRate) {
            long passed = NEVER;
            long failed = NEVER;
            long at = 0;
            for (int bad = 0; bad < passes.length; bad++) {
                long next = at + 1 + (long) (Math.log(1 - random.nextDouble()) / Math.log1p(-badRate));
                long from = Math.max(passes[bad], at);
                if (passed == NEVER && from < next && from <= REQUESTS) {
                    passed = from;
                }
                if (failed == NEVER && bad > 0 && at <= fails[bad]) {
                    failed = at;
                }
                at = next;
                if (at > REQUESTS) {
                    break;
                }
            }
            return new long[]{passed, failed};
        }
    }

    private static long[][] run(double limit, double alpha, double badRate) {
        Boundaries boundaries = Boundaries.of(limit, Math.log(1 / alpha), badRate);
        SplittableRandom random = new SplittableRandom(SEED);
        long[][] stops = new long[RUNS][];
        for (int run = 0; run < RUNS; run++) {
            stops[run] = boundaries.stops(random, badRate);
        }
        return stops;
    }

    private static double share(long[][] stops, int side) {
        return (double) Arrays.stream(stops).filter(stop -> stop[side] != NEVER).count() / RUNS;
    }

    @ParameterizedTest
    @CsvSource({".5, .05", ".95, .05", ".99, .05", ".999, .05", ".95, .01", ".99, .01"})
    void aTruthOnTheLimitIsSeldomDecidedHoweverOftenAnyoneLooks(double limit, double alpha) {
        long[][] stops = run(limit, alpha, 1 - limit);
        double bound = alpha + 3 * Math.sqrt(alpha * (1 - alpha) / RUNS);
        assertTrue(share(stops, 0) <= bound, () -> "seed " + SEED + ": passed " + share(stops, 0));
        assertTrue(share(stops, 1) <= bound, () -> "seed " + SEED + ": failed " + share(stops, 1));
        // The bets are not idle either: they come near what they may.
        assertTrue(share(stops, 0) + share(stops, 1) >= alpha / 4,
                () -> "seed " + SEED + ": decided " + (share(stops, 0) + share(stops, 1)));
    }

    @ParameterizedTest
    @CsvSource({".95, .03, 771", ".95, .02, 265", ".95, .01, 139", ".99, .005, 2325", ".99, .002, 707", ".5, .45, 817",
        ".5, .4, 200"})
    void aBetterTruthPassesAsSoonAsTheReferences(double limit, double badRate, double median) {
        long[][] stops = run(limit, .05, badRate);
        assertTrue(share(stops, 0) > .98, () -> "seed " + SEED + ": passed " + share(stops, 0));
        long[] passed = Arrays.stream(stops).mapToLong(stop -> stop[0]).sorted().toArray();
        assertEquals(median, (double) passed[RUNS / 2], median * .15, "seed " + SEED);
    }

    @ParameterizedTest
    @CsvSource({".95, .06, 3993", ".95, .08, 515", ".95, .1, 193"})
    void aWorseTruthFailsAsSoonAsTheReferences(double limit, double badRate, double median) {
        long[][] stops = run(limit, .05, badRate);
        long[] failed = Arrays.stream(stops).mapToLong(stop -> stop[1]).sorted().toArray();
        assertEquals(median, (double) failed[RUNS / 2], median * .15, "seed " + SEED);
    }
}
