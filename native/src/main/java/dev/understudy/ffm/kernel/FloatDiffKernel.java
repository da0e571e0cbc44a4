package dev.understudy.ffm.kernel;

import java.lang.foreign.MemorySegment;

/// Measures how far two runs of floating-point elements lie apart. Implementations are thread-safe and keep nothing.
///
/// All implementations give the same counts and the same maxima, bit for bit. Sums are added in an order of their own,
/// so two implementations may differ by rounding: by at most `elements * 2^-52` of the sum of the terms' magnitudes.
public interface FloatDiffKernel {
    /// Compares the first `elements` elements of both segments.
    ///
    /// @param a      the reference, heap or native, at any alignment; only read
    /// @param b      what is measured against it, likewise
    /// @param format layout of both
    /// @param atol   absolute tolerance, 0 to 1e100
    /// @param rtol   relative tolerance, 0 to 1e100
    /// @throws IndexOutOfBoundsException when a segment is too short
    FloatDiff compare(FloatFormat format, MemorySegment a, MemorySegment b, long elements, double atol, double rtol);

    /// The plain twin that every other implementation is tested against.
    static FloatDiffKernel scalar() {
        return ScalarDiffKernel.INSTANCE;
    }
}
