package dev.understudy.ffm.kernel;

import static dev.understudy.ffm.kernel.VectorLanes.INTS;
import static dev.understudy.ffm.kernel.VectorLanes.LANES;
import static dev.understudy.ffm.kernel.VectorLanes.MAGNITUDE;
import static dev.understudy.ffm.kernel.VectorLanes.WIDE;
import static dev.understudy.ffm.kernel.VectorLanes.WIDE_LANES;
import static dev.understudy.ffm.kernel.VectorLanes.loaded;
import static dev.understudy.ffm.kernel.VectorLanes.widened;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// Thread-safe. FP32 on the Vector API; other formats go to the oracle.
///
/// The elements are walked in tiles that stay in the nearest cache, each in several passes. The first adds up the sums
/// in double. The next screens in float, a little too strictly, whether the tile could raise a maximum or holds an
/// element beyond the tolerance. Elements beyond it are counted in float too, unless one is too near to it for that; only
/// what is left is computed in double as the oracle does. So the common tile needs no division, close or far, and
/// counts and maxima stay bit-equal to the oracle's. ULP distances likewise have a quick way and a pass for tiles in
/// which signs may differ. A tile with a NaN or an infinity, seen by its sum, goes to the oracle.
///
/// Three things here are for the compiler. Non-negative floats are compared by their bits, because integer maxima are
/// one instruction and those of floats are not. Vectors are loaded as bytes, because a load of floats from a byte
/// array is not compiled to one. The passes are called through an interface that has many implementations, because
/// such calls are not inlined: one method with all these vector operations would be more than the compiler takes, and
/// what it leaves out allocates every vector.
final class VectorDiffKernel implements FloatDiffKernel {
    private static final int TILE_ELEMENTS = 64 * LANES;
    private static final Pass[] PASSES = {VectorDiffKernel::addSums, TolerancePasses::screen, TolerancePasses::count,
        TolerancePasses::raise, VectorDiffKernel::raiseUlpAcrossZero};

    /// Bits of one vector.
    static int vectorBits() {
        return WIDE.vectorBitSize();
    }

    @Override
    public FloatDiff compare(FloatFormat format, MemorySegment a, MemorySegment b, long elements, double atol,
            double rtol) {
        if (format != FloatFormat.FP32) {
            return FloatDiffKernel.scalar().compare(format, a, b, elements, atol, rtol);
        }
        Tile tile = new Tile(new Sums(atol, rtol), a, b);
        long whole = elements - elements % LANES;
        for (long from = 0; from < whole; from += TILE_ELEMENTS) {
            tile.from = from;
            tile.count = (int) Math.min(TILE_ELEMENTS, whole - from);
            for (Pass pass : PASSES) {
                pass.over(tile);
            }
        }
        tile.sums.addRange(format, a, b, whole, elements);
        return tile.sums.toDiff(elements);
    }

    /// Adds the sums of the tile, or leaves it to the oracle when an element is not finite.
    private static void addSums(Tile tile) {
        DoubleVector sumAbs = DoubleVector.zero(WIDE);
        DoubleVector sumSquares = sumAbs;
        DoubleVector dot = sumAbs;
        DoubleVector normA2 = sumAbs;
        DoubleVector normB2 = sumAbs;
        MemorySegment a = tile.a;
        MemorySegment b = tile.b;
        int count = tile.count;
        long start = tile.from * Float.BYTES;
        for (int i = 0; i < count; i += WIDE_LANES) {
            DoubleVector wideA = widened(a, start + 4L * i);
            DoubleVector wideB = widened(b, start + 4L * i);
            DoubleVector distance = wideB.sub(wideA);
            sumAbs = sumAbs.add(distance.abs());
            sumSquares = distance.fma(distance, sumSquares);
            dot = wideA.fma(wideB, dot);
            normA2 = wideA.fma(wideA, normA2);
            normB2 = wideB.fma(wideB, normB2);
        }
        Sums sums = tile.sums;
        double tileSumAbs = sumAbs.reduceLanes(VectorOperators.ADD);
        tile.finite = Double.isFinite(tileSumAbs);
        if (!tile.finite) {
            sums.addRange(FloatFormat.FP32, a, b, tile.from, tile.from + count);
            return;
        }
        sums.finite += count;
        sums.sumAbs += tileSumAbs;
        sums.sumSquares += sumSquares.reduceLanes(VectorOperators.ADD);
        sums.dot += dot.reduceLanes(VectorOperators.ADD);
        sums.normA2 += normA2.reduceLanes(VectorOperators.ADD);
        sums.normB2 += normB2.reduceLanes(VectorOperators.ADD);
    }

    /// Finds the largest ULP distance of a tile in which signs may differ; it may take all 32 bits.
    private static void raiseUlpAcrossZero(Tile tile) {
        if (!tile.signsMayDiffer) {
            return;
        }
        IntVector maxUlp = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        MemorySegment a = tile.a;
        MemorySegment b = tile.b;
        int count = tile.count;
        long start = tile.from * Float.BYTES;
        for (int i = 0; i < count; i += LANES) {
            IntVector rankA = rank(loaded(a, start + 4L * i));
            IntVector rankB = rank(loaded(b, start + 4L * i));
            IntVector ulp = rankA.max(rankB).sub(rankA.min(rankB));
            // Flipping the top bit makes signed comparison order unsigned numbers.
            maxUlp = maxUlp.max(ulp.lanewise(VectorOperators.XOR, Integer.MIN_VALUE));
        }
        long unflipped = Integer.toUnsignedLong(maxUlp.reduceLanes(VectorOperators.MAX) ^ Integer.MIN_VALUE);
        tile.sums.maxUlp = Math.max(tile.sums.maxUlp, unflipped);
    }

    private static IntVector rank(IntVector bits) {
        IntVector sign = bits.lanewise(VectorOperators.ASHR, 31);
        return bits.and(MAGNITUDE).lanewise(VectorOperators.XOR, sign).sub(sign);
    }

    @FunctionalInterface
    private interface Pass {
        void over(Tile tile);
    }
}
