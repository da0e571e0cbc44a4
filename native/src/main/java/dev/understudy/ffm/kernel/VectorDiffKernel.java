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
/// The elements are walked in tiles that stay in the nearest cache, each in several passes. The first adds up the sums
/// in double. The next screens in float, a little too strictly, whether the tile could raise a maximum or holds an
/// element beyond the tolerance; only then another computes those in double as the oracle does. So the common tile
/// needs no division, and counts and maxima stay bit-equal to the oracle's. ULP distances likewise have a quick way
/// and a pass for tiles in which signs may differ. A tile with a NaN or an infinity, seen by its sum, goes to the
/// oracle.
///
/// Three things here are for the compiler. Non-negative floats are compared by their bits, because integer maxima are
/// one instruction and those of floats are not. Vectors are loaded as bytes, because a load of floats from a byte
/// array is not compiled to one. The passes are called through an interface that has many implementations, because
/// such calls are not inlined: one method with all these vector operations would be more than the compiler takes, and
/// what it leaves out allocates every vector.
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
    /// The bits of two finite floats of opposite signs are, as integers, always further apart than this.
    private static final int FINITE_GAP = Float.floatToRawIntBits(Float.POSITIVE_INFINITY) ^ MAGNITUDE;
    private static final double DOUBLE_MARGIN = 1 - 0x1p-50;
    private static final double FLOAT_MARGIN = 1 - 0x1p-20;
    private static final float SCREENED_MIN = 0x1p-100f;

    private static final Pass[] PASSES = {VectorDiffKernel::addSums, VectorDiffKernel::screen, VectorDiffKernel::raise,
        VectorDiffKernel::raiseUlpAcrossZero};

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

    /// Counts what is unequal, finds the ULP distance unless signs may differ, and screens for the other maxima: with m
    /// for |a| and d for |b-a|, whether d may be above `share*(atol + rtol*m)`, `maxRel*max(m, floor)` or `maxAbs`.
    private static void screen(Tile tile) {
        tile.raises = false;
        tile.signsMayDiffer = false;
        if (!tile.finite) {
            return;
        }
        Sums sums = tile.sums;
        double share = Math.min(sums.needed, 1);
        FloatVector slope = FloatVector.broadcast(FLOATS, -lower(share * sums.rtol));
        FloatVector relative = FloatVector.broadcast(FLOATS, -lower(sums.maxRel));
        IntVector floor = IntVector.broadcast(INTS, bits((float) sums.relativeFloor));
        IntVector unequal = IntVector.zero(INTS);
        IntVector maxSteps = unequal;
        IntVector minSteps = unequal;
        IntVector maxAbs = unequal;
        IntVector aboveTolerance = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        IntVector aboveRelative = aboveTolerance;
        MemorySegment a = tile.a;
        MemorySegment b = tile.b;
        int count = tile.count;
        long start = tile.from * Float.BYTES;
        for (int i = 0; i < count; i += LANES) {
            IntVector bitsA = loaded(a, start + 4L * i);
            IntVector bitsB = loaded(b, start + 4L * i);
            IntVector magnitude = bitsA.and(MAGNITUDE);
            IntVector distance = bitsB.reinterpretAsFloats().sub(bitsA.reinterpretAsFloats()).reinterpretAsInts()
                    .and(MAGNITUDE);
            IntVector steps = bitsA.sub(bitsB);
            maxSteps = maxSteps.max(steps);
            minSteps = minSteps.min(steps);
            unequal = unequal.add(distance.min(1));
            maxAbs = maxAbs.max(distance);
            aboveTolerance = aboveTolerance.max(above(distance, magnitude, slope));
            aboveRelative = aboveRelative.max(above(distance, magnitude.max(floor), relative));
        }
        long tileUlp = Math.max(maxSteps.reduceLanes(VectorOperators.MAX),
                -(long) minSteps.reduceLanes(VectorOperators.MIN));
        tile.signsMayDiffer = tileUlp > FINITE_GAP;
        if (!tile.signsMayDiffer) {
            sums.maxUlp = Math.max(sums.maxUlp, tileUlp);
        }
        int tileUnequal = unequal.reduceLanes(VectorOperators.ADD);
        sums.unequal += tileUnequal;
        tile.raises = tileUnequal > 0 && (maxAbs.reduceLanes(VectorOperators.MAX) >= bits(lower(sums.maxAbs))
                || aboveTolerance.reduceLanes(VectorOperators.MAX) >= bits(lower(share * sums.atol))
                || aboveRelative.reduceLanes(VectorOperators.MAX) >= 0);
    }

    /// Computes the maxima of the tile, and what is beyond the tolerance, in double.
    private static void raise(Tile tile) {
        if (!tile.raises) {
            return;
        }
        Sums sums = tile.sums;
        double maxAbs = sums.maxAbs;
        double needed = sums.needed;
        double maxRel = sums.maxRel;
        long beyond = 0;
        MemorySegment a = tile.a;
        MemorySegment b = tile.b;
        int count = tile.count;
        long start = tile.from * Float.BYTES;
        for (int i = 0; i < count; i += WIDE_LANES) {
            DoubleVector wideA = widened(a, start + 4L * i);
            DoubleVector distance = widened(b, start + 4L * i).sub(wideA).abs();
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

    private static IntVector above(IntVector distance, IntVector magnitude, FloatVector negatedSlope) {
        return magnitude.reinterpretAsFloats().fma(negatedSlope, distance.reinterpretAsFloats()).reinterpretAsInts();
    }

    private static IntVector loaded(MemorySegment segment, long at) {
        return ByteVector.fromMemorySegment(BYTES, segment, at, ORDER).reinterpretAsInts();
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

    @FunctionalInterface
    private interface Pass {
        void over(Tile tile);
    }
}
