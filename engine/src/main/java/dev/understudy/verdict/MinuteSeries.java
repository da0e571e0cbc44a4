package dev.understudy.verdict;

import java.util.Arrays;

/// How many observations each minute had and how bad they were in all: what bursts are measured on. Not thread-safe; owned
/// by the [Strand] it is part of, or by whoever made it.
///
/// Badness is counted in places from the best of the support. It is rare as a rule, so sums and their squares stay small
/// and lose no digits. A minute takes 32 bytes, since there is a series for every segment and evaluations last weeks.
final class MinuteSeries {
    private static final int WIDTH = 4;

    /// By minute, in order of time: the minute, how many, the sum of badness, and of its squares.
    private long[] rows = new long[WIDTH];
    private int size;

    /// Adds `times` observations of one badness. The usual one belongs to the last minute, which takes no search.
    void add(long minute, int badness, long times) {
        add(minute, times, badness * times, (long) badness * badness * times);
    }

    void add(MinuteSeries other) {
        for (int i = 0; i < other.size; i++) {
            add(other.minute(i), other.count(i), other.sum(i), other.squares(i));
        }
    }

    private void add(long minute, long count, long sum, long squares) {
        int at = WIDTH * (size > 0 && minute(size - 1) == minute ? size - 1 : place(minute));
        rows[at + 1] += count;
        rows[at + 2] += sum;
        rows[at + 3] += squares;
    }

    /// Where a minute is, after making room for it if it is new.
    private int place(long minute) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (minute(middle) < minute) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low < size && minute(low) == minute) {
            return low;
        }
        if (WIDTH * size == rows.length) {
            rows = Arrays.copyOf(rows, 2 * rows.length);
        }
        System.arraycopy(rows, WIDTH * low, rows, WIDTH * (low + 1), WIDTH * (size - low));
        Arrays.fill(rows, WIDTH * low, WIDTH * (low + 1), 0);
        rows[WIDTH * low] = minute;
        size++;
        return low;
    }

    /// How many minutes had observations.
    int size() {
        return size;
    }

    long minute(int i) {
        return rows[WIDTH * i];
    }

    long count(int i) {
        return rows[WIDTH * i + 1];
    }

    long sum(int i) {
        return rows[WIDTH * i + 2];
    }

    long squares(int i) {
        return rows[WIDTH * i + 3];
    }
}
