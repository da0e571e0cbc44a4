package dev.understudy.verdict;

/// How the mean of a question's values, between 0 and 1, reads in the words of the declaration. Immutable.
///
/// `mean = offset + slope * declared`: errors of 0.1% are a mean of 0.999, a gain of 5 points one of 0.525.
///
/// @param unit of the declared number
record Reading(double offset, double slope, Unit unit) {
    static final Reading SHARE = new Reading(0, 1, Unit.PERCENT);
    static final Reading SHARE_OF_BAD = new Reading(1, -1, Unit.PERCENT);
    static final Reading GAIN = new Reading(0.5, 0.5, Unit.POINTS);
    static final Reading EXTRA = new Reading(0.5, -0.5, Unit.POINTS);

    /// Of a loss that counts as `clip` at most.
    static Reading loss(double clip) {
        return new Reading(1, -1 / clip, Unit.NUMBER);
    }

    /// Of a difference of two such losses.
    static Reading lossGain(double clip) {
        return new Reading(0.5, 0.5 / clip, Unit.NUMBER);
    }

    double mean(double declared) {
        return offset + slope * declared;
    }

    double declared(double mean) {
        return (mean - offset) / slope;
    }

    /// True where a larger declared number is the better one: `at_least`.
    boolean atLeast() {
        return slope > 0;
    }
}
