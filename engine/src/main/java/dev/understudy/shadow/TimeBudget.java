package dev.understudy.shadow;

/// A budget of a lane's time, refilled at a steady rate: a run may start while nothing is owed, and what it took is owed
/// until it has been refilled. Clock-free: every call says what time it is. Not thread-safe; owned by the [Turnstile].
final class TimeBudget {
    /// What may be saved up: enough for a few batches, too little to make up for an idle minute in one go.
    private static final double SAVED_NANOS_MAX = 50e6;

    private double rate;
    private double balanceNanos;
    private long atNanos;

    /// @param rate     lane time a nanosecond refills, above 0
    /// @param nowNanos the time it begins
    TimeBudget(double rate, long nowNanos) {
        this.rate = rate;
        this.atNanos = nowNanos;
    }

    void rate(double newRate, long nowNanos) {
        refill(nowNanos);
        rate = newRate;
    }

    /// A run took so long and ends now. What was refilled meanwhile counts in full, however long it took.
    void spend(long nanos, long nowNanos) {
        balanceNanos = Math.min(SAVED_NANOS_MAX, balanceNanos + rate * (nowNanos - atNanos) - nanos);
        atNanos = nowNanos;
    }

    /// How long until nothing is owed; 0 when nothing is.
    long waitNanos(long nowNanos) {
        refill(nowNanos);
        return balanceNanos >= 0 ? 0 : (long) Math.ceil(-balanceNanos / rate);
    }

    private void refill(long nowNanos) {
        balanceNanos = Math.min(SAVED_NANOS_MAX, balanceNanos + rate * (nowNanos - atNanos));
        atNanos = nowNanos;
    }
}
