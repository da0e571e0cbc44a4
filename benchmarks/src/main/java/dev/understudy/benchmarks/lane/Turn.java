package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.lane.OpenLoop.Outcome;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// One side's turn under load. Immutable.
///
/// @param outcome       what those who asked saw
/// @param shadowed      what became of this turn's mirrored requests
/// @param device        device time, until the last mirrored request was done with
/// @param cpuSeconds    processor time, until the last mirrored request was done with
/// @param senderSeconds how much of that the load itself took
/// @param residentBytes memory in use at the end
record Turn(Outcome outcome, Shadowed shadowed, DeviceSeconds device, double cpuSeconds, double senderSeconds,
        long residentBytes) {
    /// Two turns of one side as one; `later` is the one that ended last.
    Turn plus(Turn later) {
        return new Turn(outcome.plus(later.outcome), shadowed.plus(later.shadowed), device.plus(later.device),
                cpuSeconds + later.cpuSeconds, senderSeconds + later.senderSeconds, later.residentBytes);
    }

    /// A percentile of the champion's latency, in milliseconds.
    double millis(double percentile) {
        return millis(outcome.answered(), percentile);
    }

    /// How long a refusal takes, in milliseconds; 0 when nothing was refused.
    double refusalMillis(double percentile) {
        return millis(outcome.refused(), percentile);
    }

    /// How late requests were sent, in milliseconds.
    double lateMillis(double percentile) {
        return millis(outcome.late(), percentile);
    }

    private static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    double goodPerSecond() {
        return outcome.goodPerSecond();
    }

    /// Compared over answered, 0..1.
    double coverage() {
        return (double) shadowed.compared() / outcome.answers();
    }

    /// Processor time of serving one request, in milliseconds, where nothing shadows.
    double servingMillis() {
        return (cpuSeconds - senderSeconds) / outcome.answers() * TimeUnit.SECONDS.toMillis(1);
    }

    /// Processor time that shadowing took on top of `alone`, for one request compared, in milliseconds. What the champion
    /// runs slower for it is counted as well.
    double shadowMillis(Turn alone) {
        double serving = alone.cpuSeconds / alone.outcome.answers() * outcome.answers();
        return (cpuSeconds - serving) / shadowed.compared() * TimeUnit.SECONDS.toMillis(1);
    }

    /// Device time of the challenger for one request compared over that of the champion for one served: what the engine itself
    /// reports as the cost of shadowing. Comparing and recording are not in it.
    double deviceCost() {
        return device.challengers() / shadowed.compared() / (device.champion() / outcome.answers());
    }

    /// Answers of the champion that are missing among the mirrored requests, or too many there; 0 when all is accounted for.
    double unaccounted() {
        long ended = shadowed.compared() + shadowed.lost().values().stream().mapToLong(Long::longValue).sum();
        return Math.abs(outcome.answers() - shadowed.served()) + Math.abs(shadowed.served() - ended)
                + shadowed.inFlight();
    }

    double residentMiB() {
        return residentBytes / (1024.0 * 1024);
    }
}
