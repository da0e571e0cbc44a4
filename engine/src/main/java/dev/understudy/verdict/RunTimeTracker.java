package dev.understudy.verdict;

import dev.understudy.verdict.Observation.Rerun;
import dev.understudy.verdict.Observation.RerunCutShort;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Evidence on a [Criterion.Ratio]: run times of challenger and champion on the same requests in the same lane, and by minute
/// more coarsely. As in a [Strand], the newest minute is also held on its own where bursts are corrected for.
final class RunTimeTracker implements Tracker {
    private final String key;
    private final RunTimes all = new RunTimes();
    private final @Nullable RunTimes newest;
    private final RunTimeMinutes minutes = new RunTimeMinutes();
    private long newestMinute = Long.MIN_VALUE;

    RunTimeTracker(Criterion.Ratio ratio) {
        key = ratio.key();
        newest = ratio.bursts() ? new RunTimes() : null;
    }

    @Override
    public boolean take(Observation observation) {
        return switch (observation) {
            case Rerun rerun when rerun.championNanos() >= 0 -> {
                record(true, rerun.minute(),
                        rerun.challengerNanos() < 0 ? RunTimes.LONGEST_NANOS : rerun.challengerNanos(), 1);
                record(false, rerun.minute(), rerun.championNanos(), 1);
                yield true;
            }
            case RerunCutShort cut when cut.championNanos() >= 0 -> {
                lose(cut.minute(), 1);
                yield true;
            }
            default -> false;
        };
    }

    private void record(boolean ofChallenger, long minute, long nanos, long times) {
        minutes.add(minute, ofChallenger, all.record(ofChallenger, nanos, times), times);
        RunTimes open = newest(minute);
        if (open != null) {
            open.record(ofChallenger, nanos, times);
        }
    }

    /// In a burst, a run that was cut short is as long as the longest.
    private void lose(long minute, long times) {
        all.lose(times);
        minutes.add(minute, true, RunTimes.LONGEST_NANOS, times);
        RunTimes open = newest(minute);
        if (open != null) {
            open.lose(times);
        }
    }

    /// Where the newest minute is held, if this is the newest.
    private @Nullable RunTimes newest(long minute) {
        if (newest != null && minute > newestMinute) {
            newestMinute = minute;
            newest.clear();
        }
        return minute == newestMinute ? newest : null;
    }

    @Override
    public void add(EvidenceMinute row) {
        if (row.payload() == null || !(Payload.decode(row.payload()) instanceof Payload.Bins bins)) {
            throw new IllegalArgumentException("a row of run times without run times");
        }
        bins.left().forEach((nanos, times) -> record(true, row.minute(), nanos, times));
        bins.right().forEach((nanos, times) -> record(false, row.minute(), nanos, times));
        if (row.lost() > 0) {
            lose(row.minute(), row.lost());
        }
    }

    @Override
    public void add(Tracker other) {
        RunTimeTracker same = (RunTimeTracker) other;
        all.add(same.all);
        minutes.add(same.minutes);
        RunTimes open = newest(same.newestMinute);
        if (open != null && same.newest != null) {
            open.add(same.newest);
        }
    }

    @Override
    public void export(long minute, List<EvidenceMinute> rows) {
        if (!all.isEmpty()) {
            rows.add(new EvidenceMinute(minute, key, "", 0, 0, 0, all.lost(), Payload.encode(all.bins())));
        }
    }

    /// What may be judged at a minute, as in a [Strand]; read-only.
    ///
    /// @param nowMinute none before the newest minute
    RunTimes judged(long nowMinute) {
        return newest == null || newestMinute < nowMinute ? all : all.without(newest);
    }

    RunTimeMinutes minutes() {
        return minutes;
    }
}
