package dev.understudy.shadow;

/// Chooses the requests that are mirrored: by a hash of the server's request id against the rate, blind to content, the
/// same for every challenger. Thread-safe.
public final class Sampler {
    private volatile double rate;
    private volatile long threshold;

    public Sampler(double rate) {
        set(rate);
    }

    /// The share that is chosen, 0..1.
    public double rate() {
        return rate;
    }

    /// Sets the share.
    ///
    /// @throws IllegalArgumentException outside 0..1
    public void set(double newRate) {
        if (!(newRate >= 0 && newRate <= 1)) {
            throw new IllegalArgumentException("a sampling rate is within 0..1: rate=" + newRate);
        }
        // Hashes are compared as 53-bit numbers, which a double holds exactly, so 0 chooses none and 1 chooses all.
        threshold = (long) (newRate * (1L << 53));
        // -0.0 lies within 0..1 and is shown as 0.
        rate = newRate + 0.0;
    }

    /// Whether a request of this draw is mirrored to a challenger that takes the rate halved so many times. A lower rate chooses
    /// among what a higher one does, so challengers see the same requests as far as they keep up.
    boolean chooses(long draw, int halvings) {
        return draw < threshold >>> halvings;
    }

    /// The number a request draws by its id, the same for ever, spread evenly over 53 bits.
    static long draw(String requestId) {
        return hash(requestId) >>> 11;
    }

    /// FNV-1a over the characters, then SplitMix64's finaliser, since ids that differ in the last digit must scatter.
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31);
    }
}
