package dev.understudy.benchmarks.verdict;

import java.util.stream.IntStream;

/// The values of a run in the order of their size, as far as the run has come: a Fenwick tree over the places that they will
/// have when all are known. Not thread-safe; owned by its run.
final class SortedSoFar {
    private final double[] sorted;
    private final int[] places;
    private final int[] tree;
    private final int top;
    private int size;

    SortedSoFar(double[] values) {
        int[] order = IntStream.range(0, values.length).boxed()
                .sorted((a, b) -> Double.compare(values[a], values[b])).mapToInt(Integer::intValue).toArray();
        sorted = new double[values.length];
        places = new int[values.length];
        for (int place = 0; place < order.length; place++) {
            sorted[place] = values[order[place]];
            places[order[place]] = place + 1;
        }
        tree = new int[values.length + 1];
        top = Integer.highestOneBit(Math.max(1, values.length));
    }

    /// Takes the next value in.
    void next() {
        for (int at = places[size]; at < tree.length; at += at & -at) {
            tree[at]++;
        }
        size++;
    }

    int size() {
        return size;
    }

    /// The value of a rank, from 1 to [#size].
    double at(int rank) {
        int place = 0;
        int left = rank;
        for (int step = top; step > 0; step >>= 1) {
            if (place + step < tree.length && tree[place + step] < left) {
                place += step;
                left -= tree[place];
            }
        }
        return sorted[place];
    }
}
