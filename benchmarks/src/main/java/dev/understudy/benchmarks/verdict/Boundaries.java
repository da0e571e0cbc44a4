package dev.understudy.benchmarks.verdict;

import dev.understudy.verdict.Bets;
import dev.understudy.verdict.Sample;
import java.util.function.LongPredicate;

/// Where a rate is decided, by the number of bad requests: passed from so many requests on, failed up to so many. With
/// these a run that is watched after every request costs no more than its bad requests. Immutable.
final class Boundaries {
    static final long NEVER = Long.MAX_VALUE;

    private final long horizon;
    private final long[] passes;
    private final long[] fails;

    /// When a run is first passed and first failed, [#NEVER] within the horizon.
    record Stops(long passed, long failed) {}

    private Boundaries(long horizon, long[] passes, long[] fails) {
        this.horizon = horizon;
        this.passes = passes;
        this.fails = fails;
    }

    /// The bets of the verdict.
    ///
    /// @param worst the largest rate of bad requests that will be tried
    static Boundaries ofBets(double limit, double alpha, long horizon, double worst) {
        Bets above = Bets.above(limit);
        Bets below = Bets.below(limit);
        double logOdds = Math.log(1 / alpha);
        int bads = bads(horizon, worst);
        long[] passes = new long[bads];
        long[] fails = new long[bads];
        for (int i = 0; i < bads; i++) {
            long bad = i;
            long passed = i == 0 ? 0 : passes[i - 1];
            passes[i] = first(Math.max(bad, passed), horizon,
                    all -> above.logWealth(Sample.ofGood(all, all - bad), limit) >= logOdds);
            long failed = i == 0 ? 0 : fails[i - 1];
            fails[i] = first(Math.max(bad, failed), horizon,
                    all -> below.logWealth(Sample.ofGood(all, all - bad), limit) < logOdds) - 1;
        }
        return new Boundaries(horizon, passes, fails);
    }

    /// The test of a textbook, at each look as if it were the only one: by the normal distribution, from 30 requests on.
    static Boundaries ofNaive(double limit, double quantile, long horizon, double worst) {
        int bads = bads(horizon, worst);
        long[] passes = new long[bads];
        long[] fails = new long[bads];
        double spread = quantile * Math.sqrt(limit * (1 - limit));
        double rate = 1 - limit;
        for (int bad = 0; bad < bads; bad++) {
            double rootUp = (spread + Math.sqrt(spread * spread + 4 * rate * bad)) / (2 * rate);
            double rootDown = (-spread + Math.sqrt(spread * spread + 4 * rate * bad)) / (2 * rate);
            passes[bad] = Math.max(30, (long) Math.ceil(rootUp * rootUp));
            long down = (long) Math.floor(rootDown * rootDown);
            fails[bad] = down < 30 ? 0 : down;
        }
        return new Boundaries(horizon, passes, fails);
    }

    private static int bads(long horizon, double worst) {
        double mean = horizon * worst;
        return (int) (mean + 8 * Math.sqrt(mean) + 20);
    }

    /// The first number from `from` on of which something is true that stays true; one beyond the horizon if none.
    private static long first(long from, long horizon, LongPredicate isTrue) {
        long shy = from - 1;
        long enough = from;
        long step = 1;
        while (enough <= horizon && (enough == 0 || !isTrue.test(enough))) {
            shy = enough;
            enough = Math.min(horizon + 1, enough + step);
            step *= 2;
        }
        while (enough - shy > 1) {
            long middle = (shy + enough) / 2;
            if (isTrue.test(middle)) {
                enough = middle;
            } else {
                shy = middle;
            }
        }
        return enough;
    }

    /// One run of independent requests with a rate of bad ones that may depend on how far it has come.
    ///
    /// @param worst at least the rate anywhere
    Stops run(Chance chance, double worst, java.util.function.LongToDoubleFunction badRate) {
        long passed = NEVER;
        long failed = NEVER;
        long at = 0;
        for (int bad = 0; bad < passes.length && at <= horizon; bad++) {
            long next = at + chance.geometric(worst);
            while (next <= horizon && chance.uniform() * worst >= badRate.applyAsDouble(next)) {
                next += chance.geometric(worst);
            }
            long from = Math.max(passes[bad], at);
            if (passed == NEVER && from < next && from <= horizon) {
                passed = from;
            }
            if (failed == NEVER && bad > 0 && at <= fails[bad]) {
                failed = at;
            }
            at = next;
        }
        return new Stops(passed, failed);
    }

    Stops run(Chance chance, double badRate) {
        return run(chance, badRate, at -> badRate);
    }
}
