package dev.understudy.benchmarks;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;

/// The same thing measured several times, in the order measured. Immutable.
public final class Rounds {
    private final double[] values;

    /// Rounds with these values, at least one.
    public Rounds(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        this.values = values.clone();
    }

    /// Combines each round with the same round of `other`, so that what disturbed both cancels out.
    public Rounds with(Rounds other, DoubleBinaryOperator combine) {
        double[] combined = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            combined[i] = combine.applyAsDouble(values[i], other.values[i]);
        }
        return new Rounds(combined);
    }

    public Rounds over(Rounds other) {
        return with(other, (mine, theirs) -> mine / theirs);
    }

    public Rounds minus(Rounds other) {
        return with(other, (mine, theirs) -> mine - theirs);
    }

    public int count() {
        return values.length;
    }

    public double least() {
        return Arrays.stream(values).min().orElseThrow();
    }

    public double most() {
        return Arrays.stream(values).max().orElseThrow();
    }

    public double median() {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// Median, least and most.
    @Override
    public String toString() {
        return Mark.text(median()) + " (" + Mark.text(least()) + " .. " + Mark.text(most()) + ")";
    }
}
