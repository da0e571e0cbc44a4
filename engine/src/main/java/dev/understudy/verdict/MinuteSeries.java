package dev.understudy.verdict;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How many observations each minute had and what they added up to: what bursts are measured on. Not thread-safe; owned
/// by the [Evidence] it is part of.
final class MinuteSeries {
    private final SortedMap<Long, Sums> minutes = new TreeMap<>();
    private long lastMinute;
    private Sums last = new Sums();

    /// One minute's sums, in places of the support.
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

    /// Adds `times` observations of a place. Finds the minute anew only when it changes, so that the usual observation
    /// costs no search and no object.
    void add(long minute, int place, long times) {
        if (minutes.isEmpty() || minute != lastMinute) {
            last = minutes.computeIfAbsent(minute, fresh -> new Sums());
            lastMinute = minute;
        }
        last.count += times;
        last.sum += place * times;
        last.squares += (long) place * place * times;
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
