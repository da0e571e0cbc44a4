package dev.understudy.verdict;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How many observations each minute had and how bad they were in all: what bursts are measured on. Not thread-safe; owned
/// by the [Evidence] it is part of.
///
/// Badness is counted in places from the best of the support. It is rare as a rule, so sums and their squares stay small
/// and lose no digits.
final class MinuteSeries {
    private final SortedMap<Long, Sums> minutes = new TreeMap<>();
    private long lastMinute;
    private Sums last = new Sums();

    /// One minute's sums of badness.
    static final class Sums {
        private long count;
        private long sum;
        private long squares;

        long count() {
            return count;
        }

        long sum() {
            return sum;
        }

        long squares() {
            return squares;
        }
    }

    /// Adds `times` observations of one badness. Finds the minute anew only when it changes, so that the usual observation
    /// costs no search and no object.
    void add(long minute, int badness, long times) {
        if (minutes.isEmpty() || minute != lastMinute) {
            last = minutes.computeIfAbsent(minute, fresh -> new Sums());
            lastMinute = minute;
        }
        last.count += times;
        last.sum += badness * times;
        last.squares += (long) badness * badness * times;
    }

    void add(MinuteSeries other) {
        other.minutes.forEach((minute, sums) -> {
            Sums here = minutes.computeIfAbsent(minute, fresh -> new Sums());
            here.count += sums.count;
            here.sum += sums.sum;
            here.squares += sums.squares;
        });
    }

    /// Minutes and their sums, in order of time.
    Iterable<Map.Entry<Long, Sums>> inOrder() {
        return minutes.entrySet();
    }
}
