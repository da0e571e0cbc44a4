package dev.understudy.verdict;

/// How often each value of a support was seen. Not thread-safe; owned by the [Evidence] it is part of.
///
/// Whole numbers only, so that tallies add to the same sum in any order.
final class Tally {
    private final long[] counts;
    private long lost;
    private long firstMinute = Long.MAX_VALUE;

    Tally(Support support) {
        counts = new long[support.size()];
    }

    /// Counts one answer to a question.
    ///
    /// @param place a place in the support, or [Question#LOST]
    void count(int place, long minute) {
        if (place == Question.LOST) {
            lost++;
        } else {
            counts[place]++;
        }
        firstMinute = Math.min(firstMinute, minute);
    }

    void add(int place, long times, long minute) {
        counts[place] += times;
        firstMinute = Math.min(firstMinute, minute);
    }

    void addLost(long times, long minute) {
        lost += times;
        firstMinute = Math.min(firstMinute, minute);
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
