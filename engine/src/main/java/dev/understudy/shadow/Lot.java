package dev.understudy.shadow;

/// Chooses a share of the mirrored requests for an extra look, by the draws of their ids and so blind to content; each lot
/// apart from every other and from the [Sampler]. Immutable.
///
/// @param share 0 to 1
/// @param salt  tells one lot from another
record Lot(double share, long salt) {
    /// A fair coin: which of two runs of the same batch comes first.
    static final Lot COIN = new Lot(0.5, 0x632be59bd9b4e019L);

    /// @param draw what the [Sampler] drew for the request
    boolean chooses(long draw) {
        // SplitMix64's finaliser: the draws of what is mirrored are small ones where the rate is low, so they must scatter anew.
        long mixed = (draw ^ salt) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return (mixed ^ (mixed >>> 31)) >>> 11 < (long) (share * (1L << 53));
    }
}
