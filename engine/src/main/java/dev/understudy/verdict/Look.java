package dev.understudy.verdict;

import java.util.SortedSet;

/// What all criteria share at one look. Immutable.
///
/// @param nowMinute      minutes before it are over: the minute of the judgement, or a later one that something was already
///                       seen in
/// @param watchedMinutes how long was watched: from the first request on, pauses beyond an hour left out
/// @param passLogOdds    natural logarithm of the odds a criterion passes at
/// @param failLogOdds    likewise, fails at
/// @param falseReject    the chance of error that `failLogOdds` divides among the criteria
record Look(long nowMinute, long watchedMinutes, double passLogOdds, double failLogOdds, double falseReject) {
    /// A pause that is longer is a server that stood still, and teaches nothing about bursts.
    private static final long PAUSE_MINUTES_MAX = 60;

    static Look of(Evidence evidence, Circumstances circumstances) {
        Criteria criteria = evidence.criteria();
        SortedSet<Long> minutes = evidence.minutes();
        long nowMinute = minutes.isEmpty()
                ? circumstances.nowMinute()
                : Math.max(circumstances.nowMinute(), minutes.last());
        return new Look(nowMinute, watched(minutes, nowMinute),
                -StrictMath.log(criteria.falsePromote()),
                failLogOdds(criteria.criteria().size(), criteria.falseReject()), criteria.falseReject());
    }

    /// The odds each of some criteria fails at, natural logarithm.
    static double failLogOdds(int criteria, double falseReject) {
        return StrictMath.log(criteria / falseReject);
    }

    boolean watched(Criterion criterion) {
        return watchedMinutes >= criterion.overMinutes();
    }

    /// How long was watched, in minutes, by the minutes something was seen in.
    static long watched(SortedSet<Long> minutes, long nowMinute) {
        long watched = 0;
        long before = minutes.isEmpty() ? nowMinute : minutes.first();
        for (long minute : minutes) {
            watched += Math.min(minute - before, PAUSE_MINUTES_MAX);
            before = minute;
        }
        return watched + Math.clamp(nowMinute - before, 0, PAUSE_MINUTES_MAX);
    }
}
