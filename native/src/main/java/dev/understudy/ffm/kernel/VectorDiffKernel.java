package dev.understudy.ffm.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Thread-safe. FP32 on the Vector API; other formats go to the oracle.
///
/// The elements are walked in tiles that stay in the nearest cache. One pass over a tile adds up the sums in double.
/// A second pass counts in float and integer lanes, and screens, a little too strictly, whether the tile could raise a
/// maximum or holds an element beyond the tolerance; only then a third pass computes those in double as the oracle
/// does. So the common tile needs no division, and counts and maxima stay bit-equal to the oracle's. A tile with a
/// NaN or an infinity, seen by its sum, goes to the oracle whole.
///
/// Three things here are for the compiler. Non-negative floats are compared by their bits, because integer maxima are
/// one instruction and those of floats are not. Vectors are loaded as bytes, because a load of floats from a byte
/// array is not compiled to one. Each pass is a method of its own, because the compiler stops inlining in a method
/// that uses many vector operations.
final class VectorDiffKernel implements FloatDiffKernel {
    private static final VectorSpecies<Double> WIDE = DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, WIDE.vectorShape());
    private static final VectorSpecies<Byte> HALF_BYTES = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(WIDE.vectorBitSize() / 2));
    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, WIDE.vectorShape());
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, WIDE.vectorShape());
    private static final int LANES = INTS.length();
    private static final int WIDE_LANES = WIDE.length();
    private static final int TILE_ELEMENTS = 64 * LANES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int MAGNITUDE = Integer.MAX_VALUE;
    private static final double DOUBLE_MARGIN = 1 - 0x1p-50;
    private static final double FLOAT_MARGIN = 1 - 0x1p-20;
    private static final float SCREENED_MIN = 0x1p-100f;

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
        Sums sums = new Sums(atol, rtol);
        long whole = elements - elements % LANES;
        for (long from = 0; from < whole; from += TILE_ELEMENTS) {
            int count = (int) Math.min(TILE_ELEMENTS, whole - from);
            if (addSums(sums, a, b, from, count)) {
                addCounts(sums, a, b, from, count);
            } else {
                sums.addRange(format, a, b, from, from + count);
            }
        }
        sums.addRange(format, a, b, whole, elements);
        return sums.toDiff(elements);
    }

    /// Adds the sums of a tile, or nothing and false when an element of it is not finite.
    private static boolean addSums(Sums sums, MemorySegment a, MemorySegment b, long from, int count) {
        DoubleVector sumAbs = DoubleVector.zero(WIDE);
        DoubleVector sumSquares = sumAbs;
        DoubleVector dot = sumAbs;
        DoubleVector normA2 = sumAbs;
        DoubleVector normB2 = sumAbs;
        for (int i = 0; i < count; i += WIDE_LANES) {
            long at = (from + i) * Float.BYTES;
            DoubleVector wideA = widened(a, at);
            DoubleVector wideB = widened(b, at);
            DoubleVector distance = wideB.sub(wideA);
            sumAbs = sumAbs.add(distance.abs());
            sumSquares = distance.fma(distance, sumSquares);
            dot = wideA.fma(wideB, dot);
            normA2 = wideA.fma(wideA, normA2);
            normB2 = wideB.fma(wideB, normB2);
        }
        double tileSumAbs = sumAbs.reduceLanes(VectorOperators.ADD);
        if (!Double.isFinite(tileSumAbs)) {
            return false;
        }
        sums.finite += count;
        sums.sumAbs += tileSumAbs;
        sums.sumSquares += sumSquares.reduceLanes(VectorOperators.ADD);
        sums.dot += dot.reduceLanes(VectorOperators.ADD);
        sums.normA2 += normA2.reduceLanes(VectorOperators.ADD);
        sums.normB2 += normB2.reduceLanes(VectorOperators.ADD);
        return true;
    }

    /// Counts what is unequal in a tile of finite elements, finds its ULP distance, and screens it for the rest: with
    /// m for |a| and d for |b-a|, d above `share*(atol + rtol*m)` or above `maxRel*max(m, floor)` or above `maxAbs`.
    private static void addCounts(Sums sums, MemorySegment a, MemorySegment b, long from, int count) {
        double share = Math.min(sums.needed, 1);
        FloatVector slope = FloatVector.broadcast(FLOATS, -lower(share * sums.rtol));
        FloatVector relative = FloatVector.broadcast(FLOATS, -lower(sums.maxRel));
        IntVector floor = IntVector.broadcast(INTS, bits((float) sums.relativeFloor));
        IntVector unequal = IntVector.zero(INTS);
        IntVector signs = unequal;
        IntVector maxUlp = unequal;
        IntVector maxAbs = unequal;
        IntVector aboveTolerance = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        IntVector aboveRelative = aboveTolerance;
        for (int i = 0; i < count; i += LANES) {
            long at = (from + i) * Float.BYTES;
            IntVector bitsA = ByteVector.fromMemorySegment(BYTES, a, at, ORDER).reinterpretAsInts();
            IntVector bitsB = ByteVector.fromMemorySegment(BYTES, b, at, ORDER).reinterpretAsInts();
            IntVector magnitude = bitsA.and(MAGNITUDE);
            IntVector distance = bitsB.reinterpretAsFloats().sub(bitsA.reinterpretAsFloats()).reinterpretAsInts()
                    .and(MAGNITUDE);
            maxAbs = maxAbs.max(distance);
            aboveTolerance = aboveTolerance.max(above(distance, magnitude, slope));
            aboveRelative = aboveRelative.max(above(distance, magnitude.max(floor), relative));
            unequal = unequal.add(distance.min(1));
            maxUlp = maxUlp.max(bitsA.sub(bitsB).abs());
            signs = signs.or(bitsA.lanewise(VectorOperators.XOR, bitsB));
        }
        int tileUnequal = unequal.reduceLanes(VectorOperators.ADD);
        sums.unequal += tileUnequal;
        if (tileUnequal > 0 && (maxAbs.reduceLanes(VectorOperators.MAX) >= bits(lower(sums.maxAbs))
                || aboveTolerance.reduceLanes(VectorOperators.MAX) >= bits(lower(share * sums.atol))
                || aboveRelative.reduceLanes(VectorOperators.MAX) >= 0)) {
            raise(sums, a, b, from, count);
        }
        boolean signsDiffer = signs.reduceLanes(VectorOperators.OR) < 0;
        sums.maxUlp = Math.max(sums.maxUlp, signsDiffer
                ? ulpAcrossSigns(a, b, from, count)
                : maxUlp.reduceLanes(VectorOperators.MAX));
    }

    /// Computes the maxima of a tile, and what is beyond the tolerance, in double.
    private static void raise(Sums sums, MemorySegment a, MemorySegment b, long from, int count) {
        double maxAbs = sums.maxAbs;
        double needed = sums.needed;
        double maxRel = sums.maxRel;
        long beyond = 0;
        for (int i = 0; i < count; i += WIDE_LANES) {
            long at = (from + i) * Float.BYTES;
            DoubleVector wideA = widened(a, at);
            DoubleVector distance = widened(b, at).sub(wideA).abs();
            DoubleVector magnitude = wideA.abs();
            DoubleVector tolerance = magnitude.mul(sums.rtol).add(sums.atol);
            DoubleVector reference = magnitude.blend(sums.relativeFloor,
                    magnitude.compare(VectorOperators.LT, sums.relativeFloor));
            beyond += distance.compare(VectorOperators.GT, tolerance).trueCount();
            // Products round, so they are taken a little low: a lane may be divided for nothing, none is left out.
            VectorMask<Double> below = distance.compare(VectorOperators.LE, tolerance.mul(needed * DOUBLE_MARGIN))
                    .and(distance.compare(VectorOperators.LE, reference.mul(maxRel * DOUBLE_MARGIN)))
                    .and(distance.compare(VectorOperators.LE, maxAbs));
            if (!below.allTrue()) {
                VectorMask<Double> raising = distance.compare(VectorOperators.GT, 0).andNot(below);
                maxAbs = Math.max(maxAbs, distance.reduceLanes(VectorOperators.MAX, raising));
                needed = Math.max(needed, distance.div(tolerance).reduceLanes(VectorOperators.MAX, raising));
                maxRel = Math.max(maxRel, distance.div(reference).reduceLanes(VectorOperators.MAX, raising));
            }
        }
        sums.beyond += beyond;
        sums.maxAbs = maxAbs;
        sums.needed = needed;
        sums.maxRel = maxRel;
    }

    /// The largest ULP distance of a tile, right for pairs of opposite sign too, where it takes all 32 bits.
    private static long ulpAcrossSigns(MemorySegment a, MemorySegment b, long from, int count) {
        IntVector maxUlp = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        for (int i = 0; i < count; i += LANES) {
            long at = (from + i) * Float.BYTES;
            IntVector rankA = rank(ByteVector.fromMemorySegment(BYTES, a, at, ORDER).reinterpretAsInts());
            IntVector rankB = rank(ByteVector.fromMemorySegment(BYTES, b, at, ORDER).reinterpretAsInts());
            IntVector ulp = rankA.max(rankB).sub(rankA.min(rankB));
            // Flipping the top bit makes signed comparison order unsigned numbers.
            maxUlp = maxUlp.max(ulp.lanewise(VectorOperators.XOR, Integer.MIN_VALUE));
        }
        return Integer.toUnsignedLong(maxUlp.reduceLanes(VectorOperators.MAX) ^ Integer.MIN_VALUE);
    }

    private static IntVector rank(IntVector bits) {
        IntVector sign = bits.lanewise(VectorOperators.ASHR, 31);
        return bits.and(MAGNITUDE).lanewise(VectorOperators.XOR, sign).sub(sign);
    }

    private static IntVector above(IntVector distance, IntVector magnitude, FloatVector negatedSlope) {
        return magnitude.reinterpretAsFloats().fma(negatedSlope, distance.reinterpretAsFloats()).reinterpretAsInts();
    }

    private static DoubleVector widened(MemorySegment segment, long at) {
        return (DoubleVector) ByteVector.fromMemorySegment(HALF_BYTES, segment, at, ORDER).reinterpretAsFloats()
                .convertShape(VectorOperators.F2D, WIDE, 0);
    }

    private static int bits(float value) {
        return Float.floatToRawIntBits(value);
    }

    /// A float below `bound` by more than all roundings of the screen together. Tiny bounds, whose roundings are not
    /// in proportion, become 0.
    private static float lower(double bound) {
        float lowered = (float) Math.min(bound * FLOAT_MARGIN, Float.MAX_VALUE);
        return lowered < SCREENED_MIN ? 0 : lowered;
    }
}
