package dev.understudy.shadow;

import dev.understudy.runtime.Activity;
import dev.understudy.runtime.Isolation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The way into the challengers' lane: one run at a time over all models, whoever has had least of the device first, and
/// with pacing only in a gap of the champion's. Thread-safe; its lock is shared by challengers' threads and never by a
/// champion's, and nobody sleeps holding it.
///
/// @param <T> who wants to run
final class Turnstile<T> {
    private final Activity champion;
    private final Activity challengers;
    private final Pacing pacing;
    private final FairTurns<T> turns = new FairTurns<>();
    private final Map<T, Thread> waiting = new LinkedHashMap<>();
    private @Nullable Inside<T> inside;
    private long entries;

    /// A run in progress.
    ///
    /// @param number tells one run from another
    record Inside<T>(T who, long number) {}

    Turnstile(Activity champion, Activity challengers, Pacing pacing) {
        this.champion = champion;
        this.challengers = challengers;
        this.pacing = pacing;
    }

    /// Waits to be let in. Null when it was, and then [#leave] must follow; else what was in the way when patience ended.
    ///
    /// @param patienceNanos how long to wait at most
    @Nullable
    Hold enter(T who, long patienceNanos) {
        if (pacing.level() == Isolation.NONE) {
            challengers.began();
            return null;
        }
        long endNanos = System.nanoTime() + patienceNanos;
        queue(who);
        try {
            while (true) {
                long nowNanos = System.nanoTime();
                Pacing.Held held = tryEnter(who, nowNanos);
                if (held == null) {
                    return null;
                }
                long leftNanos = endNanos - nowNanos;
                if (leftNanos <= 0) {
                    return held.why();
                }
                if (held.why() == Hold.GAP) {
                    champion.awaitIdle(Math.min(leftNanos, held.nanos()));
                } else {
                    LockSupport.parkNanos(this, Math.min(leftNanos, held.nanos()));
                }
            }
        } finally {
            unqueue(who);
        }
    }

    private synchronized void queue(T who) {
        waiting.put(who, Thread.currentThread());
    }

    /// Whoever is next must look again, since it may have been this one's turn.
    private synchronized void unqueue(T who) {
        waiting.remove(who);
        wakeNext();
    }

    private void wakeNext() {
        if (inside == null && !waiting.isEmpty()) {
            LockSupport.unpark(waiting.get(turns.next(waiting.keySet())));
        }
    }

    private synchronized Pacing.@Nullable Held tryEnter(T who, long nowNanos) {
        if (inside != null || turns.next(waiting.keySet()) != who) {
            return new Pacing.Held(Hold.TURN, Long.MAX_VALUE);
        }
        Pacing.Held held = pacing.held(nowNanos);
        if (held != null) {
            return held;
        }
        // Announced before looking, as a champion's thread announces its request before it looks: one of the two sees the other.
        challengers.began();
        if (pacing.level().paces() && !champion.idle()) {
            challengers.ended(1);
            return new Pacing.Held(Hold.GAP, Long.MAX_VALUE);
        }
        inside = new Inside<>(who, ++entries);
        return null;
    }

    /// Ends a run that took so long.
    void leave(T who, long nanos) {
        challengers.ended(1);
        if (pacing.level() == Isolation.NONE) {
            return;
        }
        synchronized (this) {
            inside = null;
            turns.charge(who, nanos);
            pacing.ran(nanos, System.nanoTime());
            wakeNext();
        }
    }

    /// It will not come again.
    synchronized void retire(T who) {
        turns.leave(who);
    }

    /// The run in progress, if any.
    synchronized @Nullable Inside<T> inside() {
        return inside;
    }

    /// Cancels a run if it has not left, and then lets nobody in for so long.
    synchronized void interrupt(Inside<T> run, Consumer<T> cancel, long pauseNanos) {
        if (run.equals(inside)) {
            pacing.pause(pauseNanos, System.nanoTime());
            cancel.accept(run.who());
        }
    }

    /// Lets the lane run for so much of the time from now on.
    synchronized void backOff(BackOff backOff) {
        pacing.backOff(backOff, System.nanoTime());
    }
}
