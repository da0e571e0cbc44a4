package dev.understudy.ffm.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class ScalarDiffKernelTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    @Test
    void theWorkedExampleGivesItsPublishedNumbers() {
        FloatDiff diff = compare64(new double[]{1, 2, 3}, new double[]{1, 2.0001, 2.9997});
        assertEquals(3e-4, diff.maxAbs(), 1e-12);
        assertEquals(1e-4, diff.maxRel(), 1e-12);
        assertEquals(1.333333e-4, diff.sumAbs() / 3, 1e-10);
        assertEquals(1.825742e-4, Math.sqrt(diff.sumSquares() / 3), 1e-10);
        assertEquals(.999999997678, diff.dot() / Math.sqrt(diff.normA2() * diff.normB2()), 1e-12);
        assertEquals(2, diff.unequal());
    }

    @Test
    void ulpCountsRepresentableValuesBetween() {
        assertEquals(1, ulp(1, Math.nextUp(1f)));
        assertEquals(0, ulp(0f, -0f));
        assertEquals(839, ulp(1, 1.0001f));
        assertEquals(1_739_423_530, ulp(1e-7f, -1e-7f));
        assertEquals(2L * 0x7f7fffff, ulp(-Float.MAX_VALUE, Float.MAX_VALUE));
    }

    @Test
    void ulpOfTheWidestDoublesStopsAtTheLargestLong() {
        assertEquals(Long.MAX_VALUE,
                compare64(new double[]{-Double.MAX_VALUE}, new double[]{Double.MAX_VALUE}).maxUlp());
        assertEquals(2, compare64(new double[]{-Double.MIN_VALUE}, new double[]{Double.MIN_VALUE}).maxUlp());
    }

    @Test
    void masksAreCountedOnceAndKeptOutOfTheSums() {
        FloatDiff diff = compare(new float[]{Float.NaN, Float.NaN, 1, INFINITY, INFINITY, INFINITY, Float.NaN, 2},
                new float[]{Float.NaN, 1, Float.NaN, INFINITY, -INFINITY, 5, INFINITY, 2});
        assertEquals(3, diff.nanMismatches());
        assertEquals(2, diff.infMismatches());
        assertEquals(5, diff.unequal());
        assertEquals(5, diff.beyondTolerance());
        assertEquals(1, diff.finite());
        assertEquals(0, diff.maxAbs());
        assertEquals(4, diff.dot());
    }

    @Test
    void neededToleranceIsOneExactlyAtTheEdge() {
        FloatDiff inside = compare64(0.5, 0.5, new double[]{1, 4}, new double[]{2, 6.5});
        assertEquals(1, inside.neededTolerance());
        assertEquals(0, inside.beyondTolerance());
        FloatDiff outside = compare64(0.5, 0.5, new double[]{1, 4}, new double[]{2, Math.nextUp(6.5)});
        assertEquals(1, outside.beyondTolerance());
        assertEquals(true, outside.neededTolerance() > 1);
    }

    @Test
    void zeroToleranceNeedsInfinitelyMuchOnlyWhereSomethingDiffers() {
        assertEquals(0, compare64(0, 0, new double[]{0, 1}, new double[]{0, 1}).neededTolerance());
        assertEquals(Double.POSITIVE_INFINITY, compare64(0, 0, new double[]{0}, new double[]{1e-9}).neededTolerance());
    }

    @Test
    void halfPrecisionFormatsAreWidenedAndRankedInTheirOwnSteps() {
        MemorySegment half = shorts(Float.floatToFloat16(1f), Float.floatToFloat16(-2f));
        MemorySegment halfNext = shorts((short) (Float.floatToFloat16(1f) + 1), Float.floatToFloat16(-2f));
        FloatDiff fp16 = FloatDiffKernel.scalar().compare(FloatFormat.FP16, half, halfNext, 2, 1e-3, 1e-3);
        assertEquals(0x1p-10, fp16.maxAbs());
        assertEquals(1, fp16.maxUlp());
        MemorySegment brain = shorts((short) 0x3f80, (short) 0xc000);
        MemorySegment brainNext = shorts((short) 0x3f81, (short) 0x8000);
        FloatDiff bf16 = FloatDiffKernel.scalar().compare(FloatFormat.BF16, brain, brainNext, 2, 1e-3, 1e-3);
        assertEquals(2, bf16.maxAbs());
        assertEquals(0x4000, bf16.maxUlp());
        assertEquals(2, bf16.unequal());
    }

    @Test
    void aShortSegmentIsRefused() {
        MemorySegment three = MemorySegment.ofArray(new byte[12]);
        assertThrows(IndexOutOfBoundsException.class,
                () -> FloatDiffKernel.scalar().compare(FloatFormat.FP32, three, three, 4, 0, 0));
    }

    private static long ulp(float a, float b) {
        return compare(new float[]{a}, new float[]{b}).maxUlp();
    }

    private static FloatDiff compare(float[] a, float[] b) {
        return FloatDiffKernel.scalar().compare(FloatFormat.FP32, floats(a), floats(b), a.length, 1e-5, 1e-4);
    }

    private static FloatDiff compare64(double[] a, double[] b) {
        return compare64(1e-5, 1e-5, a, b);
    }

    private static FloatDiff compare64(double atol, double rtol, double[] a, double[] b) {
        return FloatDiffKernel.scalar().compare(FloatFormat.FP64, doubles(a), doubles(b), a.length, atol, rtol);
    }

    private static MemorySegment floats(float... values) {
        MemorySegment segment = MemorySegment.ofArray(new byte[4 * values.length]);
        MemorySegment.copy(values, 0, segment, FLOAT, 0, values.length);
        return segment;
    }

    private static MemorySegment doubles(double... values) {
        MemorySegment segment = MemorySegment.ofArray(new byte[8 * values.length]);
        MemorySegment.copy(values, 0, segment, DOUBLE, 0, values.length);
        return segment;
    }

    private static MemorySegment shorts(short... values) {
        MemorySegment segment = MemorySegment.ofArray(new byte[2 * values.length]);
        MemorySegment.copy(values, 0, segment, SHORT, 0, values.length);
        return segment;
    }
}
