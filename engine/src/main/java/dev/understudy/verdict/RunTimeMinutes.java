package dev.understudy.verdict;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Run times of two models by the minute, in bins 2.2% wide: what bursts are measured on, wherever the quantile in question
/// turns out to lie. Not thread-safe; owned by the [RunTimeTracker] it is part of.
///
/// A minute that is over is packed into its filled bins, so that weeks of minutes stay small.
final class RunTimeMinutes {
    static final int BINS = 1001;
    /// So many run times say well enough where a quantile lies.
    private static final long EARLY = 1000;
    private static final double SHORTEST_NANOS = 1e3;
    private static final double SPAN = StrictMath.log(RunTimes.LONGEST_NANOS / SHORTEST_NANOS);

    /// By minute: pairs of bin (champion's above the challenger's) and count.
    private final SortedMap<Long, long[]> packed = new TreeMap<>();
    private final long[] open = new long[2 * BINS];
    private long openMinute;
    private boolean empty = true;

    /// The bin of a time: 0 up to a microsecond, 1000 for an hour.
    static int bin(long nanos) {
        return Support.SCORE.place(StrictMath.log(Math.max(nanos, 1) / SHORTEST_NANOS) / SPAN);
    }

    /// The time in the middle of a bin.
    static double nanos(int bin) {
        return SHORTEST_NANOS * StrictMath.exp(SPAN * Support.SCORE.value(bin));
    }

    void add(long minute, boolean challenger, long nanos, long times) {
        if (empty || minute != openMinute) {
            pack();
            openMinute = minute;
            empty = false;
            unpack(packed.remove(minute));
        }
        open[bin(nanos) + (challenger ? 0 : BINS)] += times;
    }

    void add(RunTimeMinutes other) {
        pack();
        other.pack();
        other.packed.forEach((minute, bins) -> {
            unpack(packed.remove(minute));
            unpack(bins);
            openMinute = minute;
            empty = false;
            pack();
        });
    }

    private void pack() {
        if (empty) {
            return;
        }
        int filled = (int) Arrays.stream(open).filter(count -> count != 0).count();
        long[] bins = new long[2 * filled];
        int next = 0;
        for (int bin = 0; bin < open.length; bin++) {
            if (open[bin] != 0) {
                bins[next++] = bin;
                bins[next++] = open[bin];
                open[bin] = 0;
            }
        }
        packed.put(openMinute, bins);
        empty = true;
    }

    private void unpack(long @Nullable [] bins) {
        if (bins != null) {
            for (int i = 0; i < bins.length; i += 2) {
                open[(int) bins[i]] += bins[i + 1];
            }
        }
    }

    /// The bin of a model's quantile over its first run times: over so many whole minutes before `nowMinute` as hold enough of
    /// them, or over all there are. It stays, so that what is measured there can be compared from look to look.
    int early(double quantile, boolean challenger, long nowMinute) {
        pack();
        long[] counts = new long[BINS];
        int from = challenger ? 0 : BINS;
        long size = 0;
        for (long[] bins : packed.headMap(nowMinute).values()) {
            for (int i = 0; i < bins.length; i += 2) {
                int at = (int) bins[i] - from;
                if (at >= 0 && at < BINS) {
                    counts[at] += bins[i + 1];
                    size += bins[i + 1];
                }
            }
            if (size >= EARLY) {
                break;
            }
        }
        long below = 0;
        int bin = 0;
        while (bin < BINS - 1 && below + counts[bin] < quantile * size) {
            below += counts[bin++];
        }
        return bin;
    }

    /// How many of one model's run times each minute had, and how many of them did not lie below a bin.
    MinuteSeries notBelow(int bin, boolean challenger) {
        pack();
        MinuteSeries series = new MinuteSeries();
        int from = challenger ? 0 : BINS;
        packed.forEach((minute, bins) -> {
            for (int i = 0; i < bins.length; i += 2) {
                int at = (int) bins[i] - from;
                if (at >= 0 && at < BINS) {
                    series.add(minute, at < bin ? 0 : 1, bins[i + 1]);
                }
            }
        });
        return series;
    }
}
