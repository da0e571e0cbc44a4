package dev.understudy.benchmarks.verdict;

import java.util.Arrays;

/// The rule of Kayenta's canary judge, written from its description: a Mann-Whitney test by its 98% confidence interval of
/// the shift (Hodges-Lehmann), which calls a metric high when the interval lies beyond a quarter of the estimate, and lets
/// everything else pass. Stateless.
final class CanaryJudge {
    private static final double TOLERANCE = .25;
    /// What halving leaves of a shift of 0, which whole numbers often have, as a share of the range.
    private static final double ROUNDING = 1e-12;
    /// Of the normal distribution, two-sided 98%.
    private static final double QUANTILE = 2.326;

    private CanaryJudge() {}

    /// What it ever said while it was watched: that a metric passes, that it fails for being high.
    record Ever(boolean passed, boolean failed) {}

    /// Asks it after each point of a series from the tenth on.
    static Ever watched(double[] champion, double[] challenger) {
        boolean passed = false;
        boolean failed = false;
        for (int seen = 10; seen <= champion.length; seen++) {
            boolean passes = passes(Arrays.copyOf(champion, seen), Arrays.copyOf(challenger, seen));
            passed |= passes;
            failed |= !passes;
        }
        return new Ever(passed, failed);
    }

    static boolean passes(double[] champion, double[] challenger) {
        double[] from = champion.clone();
        double[] to = challenger.clone();
        Arrays.sort(from);
        Arrays.sort(to);
        double pairs = (double) from.length * to.length;
        double spread = Math.sqrt(pairs * (from.length + to.length + 1) / 12);
        double estimate = shift(from, to, pairs / 2);
        double low = shift(from, to, pairs / 2 - QUANTILE * spread);
        return low <= TOLERANCE * Math.abs(estimate) + ROUNDING * Math.abs(to[to.length - 1] - from[0]);
    }

    /// True when a Mann-Whitney test at 2% sees any difference between the two.
    static boolean differs(double[] champion, double[] challenger) {
        double[] from = champion.clone();
        double[] to = challenger.clone();
        Arrays.sort(from);
        Arrays.sort(to);
        double pairs = (double) from.length * to.length;
        double spread = Math.sqrt(pairs * (from.length + to.length + 1) / 12);
        return Math.abs(below(from, to, 0) - pairs / 2) > QUANTILE * spread;
    }

    /// The difference of a rank among all pairs of values, by halving.
    private static double shift(double[] from, double[] to, double rank) {
        double low = to[0] - from[from.length - 1];
        double high = to[to.length - 1] - from[0];
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (below(from, to, middle) < rank) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /// How many pairs differ by no more than `shift`.
    private static long below(double[] from, double[] to, double shift) {
        long below = 0;
        int at = 0;
        for (double value : from) {
            while (at < to.length && to[at] - value <= shift) {
                at++;
            }
            below += at;
        }
        return below;
    }
}
