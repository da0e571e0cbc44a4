package dev.understudy.ffm.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The vector kernel says what the oracle says.
class KernelParityTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final float[] SPECIAL = {0f, -0f, 1f, -1f, 1e-7f, -1e-7f, Float.MIN_VALUE, -Float.MIN_VALUE,
        Float.MIN_NORMAL, Math.nextDown(Float.MIN_NORMAL), Float.MAX_VALUE, -Float.MAX_VALUE, 1e38f, 1e-30f,
        Float.NaN, Float.intBitsToFloat(0xffc00001), Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    private static final double[][] TOLERANCES = {{1e-5, 1e-4}, {0, 0}, {1e-5, 0}, {0, 1e-4}, {1e-40, 1e-3},
        {1e100, 1e100}, {1e-300, 1e-300}, {2e-2, 1e-2}, {1e50, 1e-50}};

    private final FloatDiffKernel oracle = FloatDiffKernel.scalar();
    private final FloatDiffKernel vector = new VectorDiffKernel();

    private enum Kind {
        CLOSE, NOISY, FAR, EDGE, SPECIALS, MOSTLY_EQUAL, RARE_SPECIAL, TINY, ANY_BITS
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 13, 15, 16, 17, 31, 63, 64, 65, 207, 702, 1023, 1024, 1025, 4098})
    void awkwardLengthsGiveTheOraclesResult(int length) {
        for (Kind kind : Kind.values()) {
            for (double[] tolerance : TOLERANCES) {
                check(kind, length, 0, 31L * length, tolerance);
            }
        }
    }

    @Test
    void everyPairOfSpecialValuesGivesTheOraclesResult() {
        for (float a : SPECIAL) {
            for (float b : SPECIAL) {
                for (int place : new int[]{0, 5, 15, 16, 32}) {
                    float[] left = new float[33];
                    float[] right = new float[33];
                    left[place] = a;
                    right[place] = b;
                    checkSame(heap(left, 0), heap(right, 0), 33, 1e-5, 1e-4);
                }
            }
        }
    }

    @Property(tries = 400)
    void anyRunAtAnyOffsetGivesTheOraclesResult(@ForAll long seed, @ForAll @IntRange(max = 3000) int length,
            @ForAll @IntRange(max = 7) int misalignment, @ForAll Kind kind,
            @ForAll @IntRange(max = 8) int tolerance) {
        check(kind, length, misalignment, seed, TOLERANCES[tolerance]);
    }

    @Test
    void oneWorstElementIsFoundWhereverItStands() {
        int length = 2500;
        float[] a = new float[length];
        Arrays.fill(a, 3f);
        for (int place = 0; place < length; place += 37) {
            float[] b = a.clone();
            b[place] = Math.nextUp(3f);
            FloatDiff diff = vector.compare(FloatFormat.FP32, heap(a, 1), heap(b, 3), length, 1e-5, 1e-4);
            assertEquals(1, diff.unequal());
            assertEquals(1, diff.maxUlp());
            assertEquals((double) Math.nextUp(3f) - 3, diff.maxAbs());
        }
    }

    @Test
    void eachMaximumIsRaisedByATileThatRaisesNoOther() {
        float[][] early = {{0, 1e-6f}, {0.1f, 0.1f + 1.5e-6f}, {1000, 1000.001f}};
        float[][] late = {{0, 1.2e-6f}, {0.1f, 0.1f + 1.6e-6f}, {1000, 1000.002f}, {0, 1e-6f}};
        for (float[] first : early) {
            for (float[] second : early) {
                for (float[] last : late) {
                    float[] a = new float[9000];
                    Arrays.fill(a, 1);
                    float[] b = a.clone();
                    put(first, a, b, 3);
                    put(second, a, b, 40);
                    put(last, a, b, 7000);
                    checkSame(heap(a, 0), heap(b, 0), a.length, 1e-5, 1e-4);
                }
            }
        }
    }

    private static void put(float[] pair, float[] a, float[] b, int place) {
        a[place] = pair[0];
        b[place] = pair[1];
    }

    private void check(Kind kind, int length, int misalignment, long seed, double[] tolerance) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] a = new float[length];
        float[] b = new float[length];
        for (int i = 0; i < length; i++) {
            fill(kind, random, a, b, i);
        }
        MemorySegment heapA = heap(a, misalignment);
        MemorySegment heapB = heap(b, (misalignment + 3) % 8);
        checkSame(heapA, heapB, length, tolerance[0], tolerance[1]);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nativeA = arena.allocate(4L * length + 8).asSlice(misalignment);
            nativeA.copyFrom(heapA);
            checkSame(nativeA, heapB, length, tolerance[0], tolerance[1]);
            checkSame(heapB, nativeA, length, tolerance[0], tolerance[1]);
        }
    }

    private static void fill(Kind kind, SplittableRandom random, float[] a, float[] b, int i) {
        float value = (float) ((random.nextDouble() - 0.5) * 8);
        float noise = (float) (random.nextDouble() - 0.5);
        a[i] = value;
        b[i] = switch (kind) {
            case CLOSE -> value * (1 + noise * 1e-6f);
            case NOISY -> value + noise;
            case FAR -> value + Math.copySign(0.1f, noise) + noise;
            // Once something was far off, what is beyond is counted apart: here all else lies at the first of the tolerances.
            case EDGE -> i % 1500 == 0
                    ? value + 1
                    : value + Math.copySign((1e-5f + 1e-4f * Math.abs(value))
                            * (1 + random.nextInt(-2, 3) * 3e-7f), noise);
            case SPECIALS -> SPECIAL[random.nextInt(SPECIAL.length)];
            case MOSTLY_EQUAL -> random.nextInt(200) == 0 ? value + noise * 1e-4f : value;
            case RARE_SPECIAL -> random.nextInt(900) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : value + noise;
            case TINY -> noise * 2000 * Float.MIN_VALUE;
            case ANY_BITS -> Float.intBitsToFloat(random.nextInt());
        };
        switch (kind) {
            case SPECIALS -> a[i] = SPECIAL[random.nextInt(SPECIAL.length)];
            case TINY -> a[i] = value * 100 * Float.MIN_VALUE;
            case ANY_BITS -> a[i] = Float.intBitsToFloat(random.nextInt());
            case CLOSE, NOISY, FAR, EDGE, MOSTLY_EQUAL, RARE_SPECIAL -> a[i] = value;
        }
    }

    private void checkSame(MemorySegment a, MemorySegment b, int length, double atol, double rtol) {
        FloatDiff expected = oracle.compare(FloatFormat.FP32, a, b, length, atol, rtol);
        FloatDiff actual = vector.compare(FloatFormat.FP32, a, b, length, atol, rtol);
        double slack = Math.max(1, length) * 0x1p-52;
        checkSum(expected.sumAbs(), actual.sumAbs(), slack * expected.sumAbs());
        checkSum(expected.sumSquares(), actual.sumSquares(), slack * expected.sumSquares());
        checkSum(expected.normA2(), actual.normA2(), slack * expected.normA2());
        checkSum(expected.normB2(), actual.normB2(), slack * expected.normB2());
        checkSum(expected.dot(), actual.dot(), slack * Math.sqrt(expected.normA2()) * Math.sqrt(expected.normB2()));
        FloatDiff sameSums = new FloatDiff(actual.elements(), actual.finite(), actual.unequal(),
                actual.nanMismatches(), actual.infMismatches(), actual.maxAbs(), expected.sumAbs(),
                expected.sumSquares(), actual.maxRel(), expected.dot(), expected.normA2(), expected.normB2(),
                actual.maxUlp(), actual.neededTolerance(), actual.beyondTolerance());
        assertEquals(expected, sameSums);
    }

    private static void checkSum(double expected, double actual, double slack) {
        assertTrue(Math.abs(expected - actual) <= slack, () -> expected + " and " + actual);
    }

    private static MemorySegment heap(float[] values, int misalignment) {
        MemorySegment segment = MemorySegment.ofArray(new byte[4 * values.length + misalignment]).asSlice(misalignment);
        MemorySegment.copy(values, 0, segment, FLOAT, 0, values.length);
        return segment.asReadOnly();
    }
}
