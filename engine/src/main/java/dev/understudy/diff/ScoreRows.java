package dev.understudy.diff;

import dev.understudy.diff.OutputDifference.ScoreMetrics;
import dev.understudy.tensor.Tensor;
import java.util.Arrays;

/// How the rankings of two score tensors compare, row by row of the last axis. Immutable.
///
/// The champion's top k and the challenger's agree in a row when one's favourites all lie, in the other's eyes, within
/// atol of the other's own k-th best. So a tie, however each side broke it, is no disagreement. A NaN ranks last.
///
/// @param metrics    what is recorded
/// @param agrees     true when the top k agree in every row
/// @param regret     over the rows that do not agree, the largest sum of what each side's favourites lack in the
///                   other's eyes, in units of the scores; 0 when all agree
record ScoreRows(ScoreMetrics metrics, boolean agrees, double regret) {
    private static final int OVERLAP_K = 5;

    /// Compares the top answers only; the overlap is that of the top five, or of all scores if they are fewer.
    static ScoreRows topAnswer(Tensor champion, Tensor challenger, double atol) {
        return compare(champion, challenger, 1, OVERLAP_K, atol);
    }

    /// Compares the k largest scores, or all if they are fewer.
    static ScoreRows topK(Tensor champion, Tensor challenger, int k, double atol) {
        return compare(champion, challenger, k, k, atol);
    }

    private static ScoreRows compare(Tensor champion, Tensor challenger, int agreeK, int overlapK, double atol) {
        int rank = champion.shape().rank();
        int classes = rank == 0 ? 1 : Math.toIntExact(champion.shape().dim(rank - 1));
        long rows = classes == 0 ? 0 : champion.shape().elements() / classes;
        int k = Math.min(overlapK, classes);
        if (rows == 0) {
            return new ScoreRows(new ScoreMetrics(0, 0, 1, k, -1, -1), true, 0);
        }
        Ranking a = new Ranking(champion, classes, Math.max(k, Math.min(agreeK, classes)));
        Ranking b = new Ranking(challenger, classes, a.order.length);
        long flips = 0;
        double overlap = 0;
        double regret = 0;
        int firstA = 0;
        int firstB = 0;
        for (long row = 0; row < rows; row++) {
            a.rank(row);
            b.rank(row);
            if (row == 0) {
                firstA = a.order[0];
                firstB = b.order[0];
            }
            flips += regret(a, b, 1, atol) > 0 ? 1 : 0;
            overlap += (double) common(a, b, k) / k;
            regret = Math.max(regret, regret(a, b, Math.min(agreeK, classes), atol));
        }
        return new ScoreRows(new ScoreMetrics(rows, flips, overlap / rows, k, firstA, firstB), regret == 0, regret);
    }

    /// 0 when the two agree on their top k, else more than 0.
    private static double regret(Ranking a, Ranking b, int k, double atol) {
        double lackInB = b.lack(a.order, k);
        double lackInA = a.lack(b.order, k);
        return lackInB <= atol || lackInA <= atol ? 0 : lackInB + lackInA;
    }

    private static int common(Ranking a, Ranking b, int k) {
        int common = 0;
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                common += a.order[i] == b.order[j] ? 1 : 0;
            }
        }
        return common;
    }

    /// Not thread-safe; owned by one comparison. The best scores of one row after the other.
    private static final class Ranking {
        private final Tensor tensor;
        private final NumberReader reader;
        private final int classes;
        /// Indexes of the best scores of the current row, best first, the lower index first among equals.
        private final int[] order;
        private final double[] best;
        private long start;

        Ranking(Tensor tensor, int classes, int k) {
            this.tensor = tensor;
            this.reader = NumberReader.of(tensor.datatype());
            this.classes = classes;
            this.order = new int[k];
            this.best = new double[k];
        }

        void rank(long row) {
            start = row * classes;
            int filled = 0;
            for (int index = 0; index < classes; index++) {
                double score = score(index);
                if (filled == order.length && !(score > best[filled - 1])) {
                    continue;
                }
                int place = filled < order.length ? filled++ : filled - 1;
                while (place > 0 && score > best[place - 1]) {
                    order[place] = order[place - 1];
                    best[place] = best[place - 1];
                    place--;
                }
                order[place] = index;
                best[place] = score;
            }
        }

        /// By how much the worst of the first k of `favourites` misses this side's top k.
        double lack(int[] favourites, int k) {
            double bar = best[k - 1];
            return Arrays.stream(favourites, 0, k).mapToDouble(this::score)
                    .map(score -> score >= bar ? 0 : bar - score).max().orElse(0);
        }

        private double score(int index) {
            double score = reader.at(tensor.data(), start + index);
            return Double.isNaN(score) ? Double.NEGATIVE_INFINITY : score;
        }
    }
}
