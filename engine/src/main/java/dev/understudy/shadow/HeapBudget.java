package dev.understudy.shadow;

import java.util.concurrent.atomic.AtomicLong;

/// The heap that all challengers together may keep alive with mirrored requests. Thread-safe and lock-free: the champion's
/// threads take from it, and must not wait.
public final class HeapBudget {
    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    public HeapBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// Takes `bytes`, or returns false and takes nothing.
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) > bytesMax) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    /// How full it is, 0 to 1.
    double fullness() {
        return Math.min(1, (double) taken.get() / bytesMax);
    }

    /// Bytes taken now.
    public long taken() {
        return taken.get();
    }
}
