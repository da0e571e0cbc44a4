package dev.understudy.shadow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// What the sessions for extra looks may take together, over all models: those of probes and of champions that are run again.
/// Counted in bytes of model files, which is most of what a session keeps. Thread-safe.
public final class SessionBudget {
    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    public SessionBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// The bytes that one more session of this file takes, to be given back; -1 when there is no room for it.
    long take(Path file) {
        try {
            long bytes = Files.size(file);
            if (taken.addAndGet(bytes) <= bytesMax) {
                return bytes;
            }
            taken.addAndGet(-bytes);
            return -1;
        } catch (IOException e) {
            return -1;
        }
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    /// Bytes taken now.
    public long taken() {
        return taken.get();
    }
}
