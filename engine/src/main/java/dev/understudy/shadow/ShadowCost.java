package dev.understudy.shadow;

import dev.understudy.runtime.DeviceTime;
import dev.understudy.verdict.LedgerCounts;

/// What it costs to shadow with one challenger: the device time its runs have had, and how that compares with the
/// champion's for the same work, both since it began in this process. What comparing and recording take is not in it.
/// Thread-safe.
public final class ShadowCost {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Ledger ledger;
    private final DeviceTime challenger;
    private final DeviceTime champion;
    private final LedgerCounts countsBefore;
    private final long challengerNanosBefore;
    private final long championNanosBefore;

    /// Begins to count.
    public ShadowCost(Ledger ledger, DeviceTime challenger, DeviceTime champion) {
        this.ledger = ledger;
        this.challenger = challenger;
        this.champion = champion;
        this.countsBefore = ledger.counts();
        this.challengerNanosBefore = challenger.nanos();
        this.championNanosBefore = champion.nanos();
    }

    /// Device time the challenger has had.
    public double deviceSeconds() {
        return (challenger.nanos() - challengerNanosBefore) / NANOS_PER_SECOND;
    }

    /// Device time a compared request over device time a served one; NaN before both are known.
    public double ratio() {
        LedgerCounts counts = ledger.counts();
        double challengerNanos = challenger.nanos() - challengerNanosBefore;
        double championNanos = champion.nanos() - championNanosBefore;
        double compared = counts.compared() - countsBefore.compared();
        double served = counts.served() - countsBefore.served();
        boolean known = compared > 0 && served > 0 && challengerNanos > 0 && championNanos > 0;
        return known ? challengerNanos / compared / (championNanos / served) : Double.NaN;
    }
}
