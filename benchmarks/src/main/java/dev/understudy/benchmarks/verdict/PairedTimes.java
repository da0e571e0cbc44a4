package dev.understudy.benchmarks.verdict;

import dev.understudy.diff.Difference;
import dev.understudy.verdict.Observation.Rerun;
import java.util.Arrays;
import java.util.List;

/// Run times of champion and challenger on the same requests, drawn for one run. Immutable.
final class PairedTimes {
    /// Standard deviation of the logarithm.
    static final double SPREAD = .5;

    private static final double MEDIAN_NANOS = 1e7;
    private static final List<Difference> AGREES = List.of(new Difference(List.of()));

    private final double[] challenger;
    private final double[] champion;

    private PairedTimes(double[] challenger, double[] champion) {
        this.challenger = challenger;
        this.champion = champion;
    }

    /// @param correlation of the logarithms
    /// @param ratio       how many times longer the challenger takes
    static PairedTimes of(Chance chance, double correlation, double ratio, int size) {
        double[] challenger = new double[size];
        double[] champion = new double[size];
        for (int i = 0; i < size; i++) {
            double one = chance.normal();
            double other = correlation * one + Math.sqrt(1 - correlation * correlation) * chance.normal();
            champion[i] = MEDIAN_NANOS * Math.exp(SPREAD * one);
            challenger[i] = ratio * MEDIAN_NANOS * Math.exp(SPREAD * other);
        }
        return new PairedTimes(challenger, champion);
    }

    int size() {
        return challenger.length;
    }

    SortedSoFar challenger() {
        return new SortedSoFar(challenger);
    }

    SortedSoFar champion() {
        return new SortedSoFar(champion);
    }

    Rerun rerun(int i) {
        return new Rerun(0, null, AGREES, AGREES, (long) challenger[i], (long) champion[i]);
    }

    /// Whether Kayenta's rule passes the challenger at any of ten looks.
    boolean everPassesCanary() {
        for (int look = 1; look <= 10; look++) {
            int seen = challenger.length * look / 10;
            if (CanaryJudge.passes(Arrays.copyOf(champion, seen), Arrays.copyOf(challenger, seen))) {
                return true;
            }
        }
        return false;
    }
}
