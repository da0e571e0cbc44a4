package dev.understudy.verdict;

/// What all criteria share at one look. Immutable.
///
/// @param nowMinute      minutes before it are over
/// @param watchedMinutes how long was watched: from the first observation on, pauses beyond an hour left out
/// @param passLogOdds    natural logarithm of the odds a criterion passes at
/// @param failLogOdds    likewise, fails at
/// @param falseReject    the chance of error that `failLogOdds` divides among the criteria
record Look(long nowMinute, long watchedMinutes, double passLogOdds, double failLogOdds, double falseReject) {
    /// A pause that is longer is a server that stood still, and teaches nothing about bursts.
    private static final long PAUSE_MINUTES_MAX = 60;

    static Look of(Evidence evidence, Circumstances circumstances) {
        Criteria criteria = evidence.criteria();
        long watched = 0;
        long before = Long.MIN_VALUE;
        for (long minute : evidence.minutes()) {
            if (before != Long.MIN_VALUE) {
                watched += Math.min(minute - before, PAUSE_MINUTES_MAX);
            }
            before = minute;
        }
        if (before != Long.MIN_VALUE) {
            watched += Math.clamp(circumstances.nowMinute() - before, 0, PAUSE_MINUTES_MAX);
        }
        return new Look(circumstances.nowMinute(), watched, -StrictMath.log(criteria.falsePromote()),
                failLogOdds(criteria.criteria().size(), criteria.falseReject()), criteria.falseReject());
    }

    /// The odds each of some criteria fails at, natural logarithm.
    static double failLogOdds(int criteria, double falseReject) {
        return StrictMath.log(criteria / falseReject);
    }

    boolean watched(Criterion criterion) {
        return watchedMinutes >= criterion.overMinutes();
    }
}
