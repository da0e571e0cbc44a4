package dev.understudy.ffm.kernel;

import static dev.understudy.ffm.kernel.VectorLanes.FLOATS;
import static dev.understudy.ffm.kernel.VectorLanes.INTS;
import static dev.understudy.ffm.kernel.VectorLanes.LANES;
import static dev.understudy.ffm.kernel.VectorLanes.MAGNITUDE;
import static dev.understudy.ffm.kernel.VectorLanes.WIDE_LANES;
import static dev.understudy.ffm.kernel.VectorLanes.loaded;
import static dev.understudy.ffm.kernel.VectorLanes.widened;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// The passes of [VectorDiffKernel] over a tile that find maxima and what is beyond the tolerance. Stateless.
final class TolerancePasses {
    /// The bits of two finite floats of opposite signs are, as integers, always further apart than this.
    private static final int FINITE_GAP = Float.floatToRawIntBits(Float.POSITIVE_INFINITY) ^ MAGNITUDE;
    private static final double DOUBLE_MARGIN = 1 - 0x1p-50;
    private static final double FLOAT_MARGIN = 1 - 0x1p-20;
    private static final float SCREENED_MIN = 0x1p-100f;

    /// Above this, products may leave the range of floats.
    private static final double TELLING_MAX = 0x1p100;

    private TolerancePasses() {}

    /// Counts what is unequal, finds the ULP distance unless signs may differ, and screens for the other maxima: with m
    /// for |a| and d for |b-a|, whether d may be above `share*(atol + rtol*m)`, `maxRel*max(m, floor)` or `maxAbs`.
    static void screen(Tile tile) {
        tile.raises = false;
        tile.counts = false;
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
        if (tileUnequal == 0) {
            return;
        }
        boolean above = aboveTolerance.reduceLanes(VectorOperators.MAX) >= bits(lower(share * sums.atol));
        tile.raises = (above && sums.needed <= 1) || aboveRelative.reduceLanes(VectorOperators.MAX) >= 0
                || maxAbs.reduceLanes(VectorOperators.MAX) >= bits(lower(sums.maxAbs));
        tile.counts = above && !tile.raises;
    }

    /// Counts in a tile that raises no other maximum what is beyond the tolerance, and screens for the farthest from it. With
    /// m for |a| and d for |b-a|, an element is beyond for certain above a tolerance that is a little too large, and for
    /// certain not below one that is a little too small; where one lies between them, the tile is left to [#raise].
    static void count(Tile tile) {
        if (!tile.counts) {
            return;
        }
        Sums sums = tile.sums;
        double needed = sums.needed;
        tile.raises = !(needed * Math.max(sums.atol, sums.rtol) < TELLING_MAX);
        if (tile.raises) {
            return;
        }
        FloatVector strict = FloatVector.broadcast(FLOATS, -lower(sums.rtol));
        FloatVector lenient = FloatVector.broadcast(FLOATS, -upper(sums.rtol));
        FloatVector farthest = FloatVector.broadcast(FLOATS, -lower(needed * sums.rtol));
        IntVector belowStrict = IntVector.broadcast(INTS, bits(lower(sums.atol)) - 1);
        IntVector atLenient = IntVector.broadcast(INTS, bits(upper(sums.atol)));
        IntVector maybe = IntVector.zero(INTS);
        IntVector certain = maybe;
        IntVector aboveFarthest = IntVector.broadcast(INTS, Integer.MIN_VALUE);
        MemorySegment a = tile.a;
        MemorySegment b = tile.b;
        int elements = tile.count;
        long start = tile.from * Float.BYTES;
        for (int i = 0; i < elements; i += LANES) {
            IntVector bitsA = loaded(a, start + 4L * i);
            IntVector magnitude = bitsA.and(MAGNITUDE);
            IntVector distance = loaded(b, start + 4L * i).reinterpretAsFloats().sub(bitsA.reinterpretAsFloats())
                    .reinterpretAsInts().and(MAGNITUDE);
            maybe = maybe.add(oneWhereLess(belowStrict, above(distance, magnitude, strict)));
            certain = certain.add(oneWhereLess(atLenient, above(distance, magnitude, lenient)));
            aboveFarthest = aboveFarthest.max(above(distance, magnitude, farthest));
        }
        int beyond = certain.reduceLanes(VectorOperators.ADD);
        tile.raises = beyond != maybe.reduceLanes(VectorOperators.ADD)
                || aboveFarthest.reduceLanes(VectorOperators.MAX) >= bits(lower(needed * sums.atol));
        if (!tile.raises) {
            sums.beyond += beyond;
        }
    }

    /// Takes negative floats for -1, so that the difference of two is in range.
    private static IntVector oneWhereLess(IntVector bound, IntVector value) {
        return bound.sub(value.max(-1)).lanewise(VectorOperators.LSHR, 31);
    }

    /// Computes the maxima of the tile, and what is beyond the tolerance, in double.
    static void raise(Tile tile) {
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

    private static IntVector above(IntVector distance, IntVector magnitude, FloatVector negatedSlope) {
        return magnitude.reinterpretAsFloats().fma(negatedSlope, distance.reinterpretAsFloats()).reinterpretAsInts();
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

    /// A float above `bound` by as much as [#lower] is below it.
    private static float upper(double bound) {
        return bound == 0 ? 0 : Math.max((float) (bound / FLOAT_MARGIN), SCREENED_MIN);
    }
}
