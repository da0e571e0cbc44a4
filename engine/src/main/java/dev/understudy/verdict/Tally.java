package dev.understudy.verdict;

import java.util.Arrays;

/// How often each value of a support was seen. Not thread-safe; owned by the [Evidence] it is part of.
///
/// Whole numbers only, so that tallies add to the same sum in any order.
final class Tally {
    private final long[] counts;
    private long lost;
    private long firstMinute;

    Tally(Support support) {
        this(new long[support.size()], 0, Long.MAX_VALUE);
    }

    private Tally(long[] counts, long lost, long firstMinute) {
        this.counts = counts;
        this.lost = lost;
        this.firstMinute = firstMinute;
    }

    /// Counts answers to a question.
    ///
    /// @param place a place in the support, or [Question#LOST]
    void count(int place, long times, long minute) {
        if (place == Question.LOST) {
            lost += times;
        } else {
            counts[place] += times;
        }
        firstMinute = Math.min(firstMinute, minute);
    }

    /// What this holds beyond a part of it.
    Tally without(Tally part) {
        Tally rest = new Tally(counts.clone(), lost - part.lost, firstMinute);
        for (int i = 0; i < counts.length; i++) {
            rest.counts[i] -= part.counts[i];
        }
        return rest;
    }

    void clear() {
        Arrays.fill(counts, 0);
        lost = 0;
        firstMinute = Long.MAX_VALUE;
    }

    void add(Tally other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        lost += other.lost;
        firstMinute = Math.min(firstMinute, other.firstMinute);
    }

    long at(int place) {
        return counts[place];
    }

    long lost() {
        return lost;
    }

    /// All observations, lost ones included.
    long size() {
        long size = lost;
        for (long count : counts) {
            size += count;
        }
        return size;
    }

    /// The first minute something was counted in.
    long firstMinute() {
        return firstMinute;
    }
}
