package dev.understudy.verdict;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// The account of one challenger's mirrored requests at one instant. Immutable; its law is checked on construction:
/// `sampled = compared + shed + failed + inFlight`.
///
/// @param served   champion answers since shadowing began, sampled or not
/// @param sampled  requests chosen for the shadow
/// @param compared requests whose two answers were compared
/// @param shed     dropped before the challenger ran, by reason; what is absent is taken as 0, and then present
/// @param failed   lost at or after the challenger's run, by reason, likewise
/// @param inFlight waiting, running or being compared
public record LedgerCounts(long served, long sampled, long compared, Map<ShedReason, Long> shed,
        Map<FailureReason, Long> failed, long inFlight) {
    public static final LedgerCounts ZERO = new LedgerCounts(0, 0, 0, Map.of(), Map.of(), 0);

    /// @throws IllegalStateException when the account does not balance
    public LedgerCounts {
        EnumMap<ShedReason, Long> everyShed = new EnumMap<>(ShedReason.class);
        for (ShedReason reason : ShedReason.values()) {
            everyShed.put(reason, shed.getOrDefault(reason, 0L));
        }
        shed = Collections.unmodifiableMap(everyShed);
        EnumMap<FailureReason, Long> everyFailed = new EnumMap<>(FailureReason.class);
        for (FailureReason reason : FailureReason.values()) {
            everyFailed.put(reason, failed.getOrDefault(reason, 0L));
        }
        failed = Collections.unmodifiableMap(everyFailed);
        if (sampled != compared + sum(shed) + sum(failed) + inFlight || inFlight < 0) {
            throw new IllegalStateException("the ledger does not balance: sampled=" + sampled + " compared=" + compared
                    + " shed=" + shed + " failed=" + failed + " inFlight=" + inFlight);
        }
    }

    /// The same account when so many comparisons are on record. What was compared after it had been saved was in flight then,
    /// or came later.
    public LedgerCounts broughtUpTo(long comparedOnRecord) {
        long more = Math.max(0, comparedOnRecord - compared);
        long wereInFlight = Math.min(more, inFlight);
        long came = more - wereInFlight;
        return new LedgerCounts(served + came, sampled + came, compared + more, shed, failed,
                inFlight - wereInFlight);
    }

    public long shedTotal() {
        return sum(shed);
    }

    public long failedTotal() {
        return sum(failed);
    }

    /// Compared over served, 0..1; 0 before the first answer.
    public double coverage() {
        return served == 0 ? 0 : (double) compared / served;
    }

    private static long sum(Map<?, Long> counts) {
        long sum = 0;
        for (long count : counts.values()) {
            sum += count;
        }
        return sum;
    }
}
