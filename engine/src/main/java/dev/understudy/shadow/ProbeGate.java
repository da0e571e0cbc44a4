package dev.understudy.shadow;

import dev.understudy.runtime.Activity;
import org.jspecify.annotations.Nullable;

/// The way into the champions' lane for latency probes: one at a time over all models, only while no champion has a request
/// in hand, and seldom. Thread-safe; no champion's thread comes here.
///
/// While a probe runs it counts as a request in hand, so challengers make way for it as they do for a champion.
final class ProbeGate {
    /// Share of the time in which a probe may be in progress. A request that arrives meanwhile shares the cores with it; so
    /// few do that they do not show in a champion's 99th percentile.
    static final double TIME_SHARE = 0.0025;

    private final Activity champion;
    private final TimeBudget budget;
    private boolean taken;

    ProbeGate(Activity champion, long nowNanos) {
        this.champion = champion;
        this.budget = new TimeBudget(TIME_SHARE, nowNanos);
    }

    /// Lets a probe in, and then [#leave] must follow: null; else what is in the way at this moment.
    synchronized @Nullable Hold enter(long nowNanos) {
        if (taken) {
            return Hold.TURN;
        }
        if (budget.waitNanos(nowNanos) > 0) {
            return Hold.BUDGET;
        }
        if (!champion.beginInGap()) {
            return Hold.GAP;
        }
        taken = true;
        return null;
    }

    /// Ends a probe that took so long.
    synchronized void leave(long nanos, long nowNanos) {
        champion.ended(1);
        taken = false;
        budget.spend(nanos, nowNanos);
    }
}
