package dev.understudy.ffm.kernel;

import java.lang.foreign.MemorySegment;

/// Not thread-safe; owned by one call of [VectorDiffKernel]. The elements at hand, and what the passes before found out
/// about them.
final class Tile {
    final Sums sums;
    final MemorySegment a;
    final MemorySegment b;
    /// Index of the first element.
    long from;
    /// Elements, a multiple of the vector's lanes.
    int count;
    /// No element is a NaN or an infinity.
    boolean finite;
    /// An element may be beyond the tolerance, in a tile that raises no other maximum.
    boolean counts;
    /// A maximum may rise, or floats cannot tell what is beyond the tolerance.
    boolean raises;
    /// Some pair may have opposite signs.
    boolean signsMayDiffer;

    Tile(Sums sums, MemorySegment a, MemorySegment b) {
        this.sums = sums;
        this.a = a;
        this.b = b;
    }
}
