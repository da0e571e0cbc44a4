package dev.understudy.verdict;

import dev.understudy.verdict.DesignEffect.Measured;
import org.jspecify.annotations.Nullable;

/// The counts of a [Criterion.Rate] in one segment or in all of them. Not thread-safe; owned by the [RateTracker] it is part
/// of.
///
/// Where bursts are corrected for, it also holds the sums of every minute, and the newest minute on its own: while a minute
/// lasts, nobody can tell whether what it holds is a burst, so it is left out until it is over.
final class Strand {
    private final Support support;
    private final Tally all;
    private final @Nullable Minutes minutes;

    /// What the correction for bursts needs.
    private static final class Minutes {
        private final MinuteSeries series = new MinuteSeries();
        private final Tally newest;
        private long newestMinute = Long.MIN_VALUE;

        Minutes(Support support) {
            newest = new Tally(support);
        }

        /// Whether something of a minute belongs to the newest one, which it becomes when it is newer.
        private boolean isNewest(long minute) {
            if (minute > newestMinute) {
                newestMinute = minute;
                newest.clear();
            }
            return minute == newestMinute;
        }
    }

    Strand(Support support, boolean bursts) {
        this.support = support;
        all = new Tally(support);
        minutes = bursts ? new Minutes(support) : null;
    }

    /// Counts answers to the question.
    ///
    /// @param place a place in the support, or [Question#LOST]
    void count(int place, long times, long minute) {
        if (times == 0) {
            return;
        }
        all.count(place, times, minute);
        if (minutes != null) {
            minutes.series.add(minute, support.size() - 1 - Math.max(place, 0), times);
            if (minutes.isNewest(minute)) {
                minutes.newest.count(place, times, minute);
            }
        }
    }

    void add(Strand other) {
        all.add(other.all);
        if (minutes != null && other.minutes != null) {
            minutes.series.add(other.minutes.series);
            if (minutes.isNewest(other.minutes.newestMinute)) {
                minutes.newest.add(other.minutes.newest);
            }
        }
    }

    /// Everything counted; read-only.
    Tally all() {
        return all;
    }

    /// What may be judged at a minute: everything, or what came before that minute where bursts are corrected for; read-only.
    ///
    /// @param nowMinute none before the newest minute
    Tally judged(long nowMinute) {
        return minutes == null || minutes.newestMinute < nowMinute ? all : all.without(minutes.newest);
    }

    /// How bursty it was before a minute; of no effect where bursts are not corrected for.
    Measured bursts(long nowMinute) {
        return minutes == null ? new Measured(1, 0) : DesignEffect.of(minutes.series, nowMinute);
    }
}
