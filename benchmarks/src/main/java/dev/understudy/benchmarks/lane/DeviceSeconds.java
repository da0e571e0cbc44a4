package dev.understudy.benchmarks.lane;

/// Device time that runs have had, so far or within a span; on a CPU that is the processor time of
/// the threads that are a model's own. Immutable.
///
/// @param champion    of the champion, in seconds; NaN where the side does not know
/// @param challengers of all its challengers, in seconds; NaN where the side does not know
record DeviceSeconds(double champion, double challengers) {
    /// Of a side that does not keep account.
    static final DeviceSeconds UNKNOWN = new DeviceSeconds(Double.NaN, Double.NaN);

    /// What was added since `earlier`.
    DeviceSeconds since(DeviceSeconds earlier) {
        return new DeviceSeconds(champion - earlier.champion, challengers - earlier.challengers);
    }

    /// Both together.
    DeviceSeconds plus(DeviceSeconds other) {
        return new DeviceSeconds(champion + other.champion, challengers + other.challengers);
    }

    boolean isKnown() {
        return !Double.isNaN(champion) && !Double.isNaN(challengers);
    }
}
