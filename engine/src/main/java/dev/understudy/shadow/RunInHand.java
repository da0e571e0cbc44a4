package dev.understudy.shadow;

import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.RunsOn;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The session that a line runs, or is about to, for whoever has to cancel it. Thread-safe; set by the line's thread.
final class RunInHand {
    private static final Duration CLOSING_LOOK = Duration.ofMillis(10);

    private volatile @Nullable OrtInstance instance;

    void set(OrtInstance next) {
        instance = next;
    }

    /// Before the session is closed.
    void clear() {
        instance = null;
    }

    /// Cancels the run in progress, if any.
    ///
    /// @return whether there is a session
    boolean cancel() {
        return cancelOlderThan(-1);
    }

    /// The same, if it has lasted longer than this.
    boolean cancelOlderThan(long nanos) {
        OrtInstance now = instance;
        if (now != null) {
            now.cancelOlderThan(nanos);
        }
        return now != null;
    }

    /// Ends the line's thread, which ends when it is awake and told so: wakes it and cancels its run, again and again, since
    /// it may have been just about to sleep or to run.
    void endThread(Thread thread, Runnable wake) throws InterruptedException {
        do {
            wake.run();
            cancel();
        } while (!thread.join(CLOSING_LOOK));
    }

    /// The thread of the idle class that does the run, if one does.
    OptionalInt idleThread() {
        OrtInstance now = instance;
        return now != null && now.runsOn() instanceof RunsOn.IdleClass(int threadId)
                ? OptionalInt.of(threadId)
                : OptionalInt.empty();
    }
}
