package dev.understudy.shadow;

import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/// The account of one challenger. Thread-safe and lock-free: every transition swaps one immutable state for the next, so
/// that whoever looks sees a balanced account at every instant, and no thread of the champion ever waits for one of the
/// shadow.
public final class Ledger {
    private final AtomicReference<State> state;

    /// One instant. The maps hold every reason, are shared between states and never written.
    private record State(long served, long sampled, long compared, Map<ShedReason, Long> shed,
            Map<FailureReason, Long> failed, long inFlight) {}

    /// An account that goes on from `earlier`, the last saved state of the same evaluation. What was in flight then was
    /// lost with the process, and is booked as retired.
    public Ledger(LedgerCounts earlier) {
        EnumMap<ShedReason, Long> shed = new EnumMap<>(ShedReason.class);
        for (ShedReason reason : ShedReason.values()) {
            shed.put(reason, earlier.shed().getOrDefault(reason, 0L));
        }
        shed.merge(ShedReason.RETIRED, earlier.inFlight(), Long::sum);
        EnumMap<FailureReason, Long> failed = new EnumMap<>(FailureReason.class);
        for (FailureReason reason : FailureReason.values()) {
            failed.put(reason, earlier.failed().getOrDefault(reason, 0L));
        }
        state = new AtomicReference<>(
                new State(earlier.served(), earlier.sampled(), earlier.compared(), shed, failed, 0));
    }

    /// The champion answered a request.
    void served() {
        update(s -> new State(s.served + 1, s.sampled, s.compared, s.shed, s.failed, s.inFlight));
    }

    /// A request was chosen for the shadow, and is in flight until one of the other transitions.
    void sampled() {
        update(s -> new State(s.served, s.sampled + 1, s.compared, s.shed, s.failed, s.inFlight + 1));
    }

    /// A request in flight was compared.
    void compared() {
        update(s -> new State(s.served, s.sampled, s.compared + 1, s.shed, s.failed, s.inFlight - 1));
    }

    /// A request in flight was dropped before the challenger ran it.
    void shed(ShedReason reason) {
        update(s -> new State(s.served, s.sampled, s.compared, plusOne(s.shed, reason), s.failed,
                s.inFlight - 1));
    }

    /// A request in flight gave nothing to compare.
    void failed(FailureReason reason) {
        update(s -> new State(s.served, s.sampled, s.compared, s.shed, plusOne(s.failed, reason),
                s.inFlight - 1));
    }

    /// The account now.
    public LedgerCounts counts() {
        State s = Objects.requireNonNull(state.get());
        return new LedgerCounts(s.served, s.sampled, s.compared, s.shed, s.failed, s.inFlight);
    }

    private void update(UnaryOperator<State> transition) {
        state.updateAndGet(transition);
    }

    private static <R extends Enum<R>> Map<R, Long> plusOne(Map<R, Long> counts, R reason) {
        EnumMap<R, Long> copy = new EnumMap<>(counts);
        copy.merge(reason, 1L, Long::sum);
        return copy;
    }
}
