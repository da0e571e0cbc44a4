package dev.understudy.diff;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Tensor;
import java.util.Optional;

/// How far score vectors (last axis) lie apart as wholes, as means over the rows of one request. Worked out of kept tensors when
/// somebody looks at them, so it costs no comparison anything. Immutable. Formulas: docs/metrics.md.
///
/// The last three are of probabilities, and NaN unless every row of both sides is: from 0 to 1, with a sum of 1.
///
/// @param marginChange      the lead of the best score over the second, the challenger's less the champion's
/// @param totalVariation    half the sum of |p - q|, 0..1
/// @param jensenShannon     0..ln 2
/// @param kullbackLeibler   of the challenger from the champion, both at least 1e-12
public record ScoreDistances(double marginChange, double totalVariation, double jensenShannon,
        double kullbackLeibler) {
    private static final double SUM_SLACK = 1e-3;
    private static final double PROBABILITY_MIN = 1e-12;

    /// The distances between two outputs; empty for what is no pair of score vectors with at least two classes.
    public static Optional<ScoreDistances> of(Tensor champion, Tensor challenger) {
        int rank = champion.shape().rank();
        boolean numbers = champion.datatype() != DataType.BOOL && champion.datatype() != DataType.BYTES;
        if (!numbers || rank == 0 || champion.datatype() != challenger.datatype()
                || !champion.shape().equals(challenger.shape())) {
            return Optional.empty();
        }
        int classes = Math.toIntExact(champion.shape().dim(rank - 1));
        if (classes < 2 || champion.shape().elements() == 0) {
            return Optional.empty();
        }
        long rows = champion.shape().elements() / classes;
        double margin = 0;
        double variation = 0;
        double shannon = 0;
        double leibler = 0;
        for (long row = 0; row < rows; row++) {
            double[] p = row(champion, row, classes);
            double[] q = row(challenger, row, classes);
            margin += margin(q) - margin(p);
            if (probabilities(p) && probabilities(q)) {
                variation += variation(p, q);
                shannon += shannon(p, q);
                leibler += leibler(p, q);
            } else {
                variation = shannon = leibler = Double.NaN;
            }
        }
        return Optional.of(new ScoreDistances(margin / rows, variation / rows, shannon / rows, leibler / rows));
    }

    private static double[] row(Tensor tensor, long row, int classes) {
        NumberReader reader = NumberReader.of(tensor.datatype());
        double[] scores = new double[classes];
        for (int i = 0; i < classes; i++) {
            scores[i] = reader.at(tensor.data(), row * classes + i);
        }
        return scores;
    }

    /// By how much the best score leads; NaN when a score is.
    private static double margin(double[] scores) {
        double best = Double.NEGATIVE_INFINITY;
        double second = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            second = Math.max(second, Math.min(best, score));
            best = Math.max(best, score);
        }
        return best - second;
    }

    private static boolean probabilities(double[] scores) {
        double sum = 0;
        for (double score : scores) {
            if (!(score >= 0 && score <= 1)) {
                return false;
            }
            sum += score;
        }
        return Math.abs(sum - 1) <= SUM_SLACK;
    }

    private static double variation(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += Math.abs(p[i] - q[i]);
        }
        return sum / 2;
    }

    /// Finite also where only one of the two is 0.
    private static double shannon(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double middle = (p[i] + q[i]) / 2;
            sum += (p[i] > 0 ? p[i] * Math.log(p[i] / middle) : 0) + (q[i] > 0 ? q[i] * Math.log(q[i] / middle) : 0);
        }
        return Math.max(0, sum / 2);
    }

    private static double leibler(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double from = Math.max(p[i], PROBABILITY_MIN);
            sum += from * Math.log(from / Math.max(q[i], PROBABILITY_MIN));
        }
        return sum;
    }
}
