package dev.understudy.benchmarks.gpu;

import dev.understudy.benchmarks.lane.EngineSide;
import dev.understudy.benchmarks.lane.Shadowed;
import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.ModelStatus;

/// What an engine has done so far, or within a span. Immutable.
///
/// @param shadowed          what became of mirrored requests
/// @param championSeconds   device time of the champion
/// @param challengerSeconds device time of its challengers
/// @param championRows      rows the champion answered
/// @param championRuns      in so many runs
/// @param challengerRuns    runs of its challengers
record Reading(Shadowed shadowed, double championSeconds, double challengerSeconds, long championRows,
        long championRuns, long challengerRuns) {
    /// So far.
    static Reading of(EngineSide side) {
        ModelStatus status = side.status();
        ServingStatistics served = side.statistics();
        return new Reading(side.shadowed(), status.effect().deviceSeconds(),
                status.challengers().stream().mapToDouble(each -> each.effort().deviceSeconds()).sum(),
                served.inferenceCount(), served.executionCount(),
                status.challengers().stream().mapToLong(each -> each.effort().runs()).sum());
    }

    Reading since(Reading earlier) {
        return new Reading(shadowed.since(earlier.shadowed), championSeconds - earlier.championSeconds,
                challengerSeconds - earlier.challengerSeconds, championRows - earlier.championRows,
                championRuns - earlier.championRuns, challengerRuns - earlier.challengerRuns);
    }

    Reading plus(Reading other) {
        return new Reading(shadowed.plus(other.shadowed), championSeconds + other.championSeconds,
                challengerSeconds + other.challengerSeconds, championRows + other.championRows,
                championRuns + other.championRuns, challengerRuns + other.challengerRuns);
    }

    /// Of the champion, for one row, in milliseconds.
    double servedMillis() {
        return championSeconds / championRows * 1000;
    }

    /// Of the challenger, for one request compared, in milliseconds.
    double comparedMillis() {
        return challengerSeconds / shadowed.compared() * 1000;
    }
}
