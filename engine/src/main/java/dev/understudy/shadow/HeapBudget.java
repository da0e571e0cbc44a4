package dev.understudy.shadow;

import java.util.concurrent.atomic.AtomicLong;

/// The heap that all challengers together may keep alive with mirrored requests. Thread-safe and lock-free: the champion's
/// threads take from it, and must not wait.
///
/// A line may hold no more than what is left for others (dynamic thresholds of shared buffers, Choudhury and Hahne 1998), so
/// that there always is something left: with one line full it is half of the budget, and lines that keep asking for more come to
/// equal parts, with as much left over for the next.
public final class HeapBudget {
    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    public HeapBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// Takes `bytes` for a line, or returns false and takes nothing.
    ///
    /// @param held what the line would hold then
    boolean take(long bytes, long held) {
        if (held > bytesMax - taken.addAndGet(bytes)) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    /// How near a line is to what it may hold, 0 to 1. One that holds nothing is not near, however much others hold.
    double fullness(long held) {
        long left = Math.max(0, bytesMax - taken.get());
        return held == 0 ? 0 : Math.min(1, (double) held / left);
    }

    /// Bytes taken now.
    public long taken() {
        return taken.get();
    }
}
