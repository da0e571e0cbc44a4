package dev.understudy.benchmarks.lane;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What became of one challenger's mirrored requests, so far or within a span. Immutable.
///
/// @param served   answers of the champion while it was shadowed
/// @param compared requests that the challenger answered too; compared, where the side compares
/// @param lost     not sampled, dropped or failed, by reason, without reasons that did not occur
/// @param inFlight waiting, running or being compared
public record Shadowed(long served, long compared, Map<String, Long> lost, long inFlight) {
    private static final long DRAIN_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long MIRROR_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /// Nothing was mirrored.
    public static final Shadowed NONE = new Shadowed(0, 0, Map.of(), 0);

    public Shadowed {
        lost = Map.copyOf(lost);
    }

    /// An account by a ledger's words.
    ///
    /// @param sampled of those served, how many were chosen to be mirrored
    public static Shadowed of(long served, long sampled, long compared, Map<String, Long> reasons, long inFlight) {
        Map<String, Long> lost = new TreeMap<>(reasons);
        lost.put("not sampled", served - sampled);
        lost.values().removeIf(count -> count == 0);
        return new Shadowed(served, compared, lost, inFlight);
    }

    /// Waits until the shadow of `side` has worked off what it was given, and returns its account. An answer is given before it
    /// is mirrored, so the last ones are waited for, a moment and no more: one that stays away is missing.
    ///
    /// @param served as many should be accounted for
    /// @throws IOException when it goes on for a minute
    public static Shadowed awaitEnd(Side side, long served) throws IOException {
        long begin = System.nanoTime();
        Shadowed now = side.shadowed();
        while (now.inFlight() > 0 || (now.served() > 0 && now.served() < served
                && System.nanoTime() - begin < MIRROR_NANOS_MAX)) {
            if (System.nanoTime() - begin > DRAIN_NANOS_MAX) {
                throw new IOException("the shadow of " + side.name() + " never ends: " + now);
            }
            LockSupport.parkNanos(LOOK_NANOS);
            now = side.shadowed();
        }
        return now;
    }

    /// What was added since `earlier`.
    public Shadowed since(Shadowed earlier) {
        Map<String, Long> added = new TreeMap<>();
        lost.forEach((reason, count) -> {
            long more = count - earlier.lost.getOrDefault(reason, 0L);
            if (more != 0) {
                added.put(reason, more);
            }
        });
        return new Shadowed(served - earlier.served, compared - earlier.compared, added, inFlight);
    }

    /// Both together.
    public Shadowed plus(Shadowed other) {
        Map<String, Long> sum = new TreeMap<>(lost);
        other.lost.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        return new Shadowed(served + other.served, compared + other.compared, sum, inFlight + other.inFlight);
    }
}
