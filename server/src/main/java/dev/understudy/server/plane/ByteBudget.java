package dev.understudy.server.plane;

import java.util.concurrent.atomic.AtomicLong;

/// The bytes of request and answer bodies the data plane holds at once, over all connections. Thread-safe.
public final class ByteBudget {
    private final long bytesMax;
    private final AtomicLong held = new AtomicLong();

    public ByteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// Takes `bytes`, or nothing and returns false when they would go past the bound. While nothing else is held they may:
    /// an answer larger than the bound could never be sent otherwise.
    public boolean take(long bytes) {
        long now = held.addAndGet(bytes);
        if (now <= bytesMax || now == bytes) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    public void give(long bytes) {
        held.addAndGet(-bytes);
    }

    /// Bytes held now.
    public long held() {
        return held.get();
    }
}
