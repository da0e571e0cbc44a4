package dev.understudy.benchmarks;

import dev.understudy.ffm.kernel.FloatDiff;
import dev.understudy.ffm.kernel.FloatDiffKernel;
import dev.understudy.ffm.kernel.FloatFormat;
import dev.understudy.ffm.kernel.KernelChoice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Time to compare two FP32 tensors on one core: the oracle, the kernel this machine gets, and, as the limit of both,
/// reading the two tensors once. All work on the same heap bytes in the same process, so ratios need no other run.
///
/// `CLOSE` is a challenger that differs by rounding, `FAR` one in which every element is beyond the tolerance.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx2g"})
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class DiffKernelBenchmark {
    private static final double ATOL = 1e-5;
    private static final double RTOL = 1e-4;
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    /// How far the challenger is off.
    public enum Data {
        CLOSE, FAR
    }

    /// Powers of two, so that the baseline needs no tail.
    @Param({"1024", "1048576", "67108864"})
    public int elements;

    @Param({"CLOSE", "FAR"})
    public Data data = Data.CLOSE;

    private final FloatDiffKernel oracle = FloatDiffKernel.scalar();
    private final FloatDiffKernel kernel = KernelChoice.here().kernel();
    private MemorySegment a = MemorySegment.NULL;
    private MemorySegment b = MemorySegment.NULL;
    private long beyondExpected;

    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(1);
        MemorySegment left = MemorySegment.ofArray(new byte[Math.multiplyExact(4, elements)]);
        MemorySegment right = MemorySegment.ofArray(new byte[Math.multiplyExact(4, elements)]);
        for (long i = 0; i < elements; i++) {
            float value = (float) (random.nextDouble() * 8 - 4);
            double noise = random.nextDouble() - 0.5;
            double moved = data == Data.CLOSE ? value * (1 + noise * 1e-5) : value + Math.copySign(0.1, noise) + noise;
            left.set(FLOAT, 4 * i, value);
            right.set(FLOAT, 4 * i, (float) moved);
        }
        a = left.asReadOnly();
        b = right.asReadOnly();
        beyondExpected = data == Data.CLOSE ? 0 : elements;
        if (!KernelChoice.here().reason().startsWith("vector")) {
            throw new IllegalStateException("nothing to measure: " + KernelChoice.here().reason());
        }
    }

    @Benchmark
    public FloatDiff scalar() {
        return checked(oracle.compare(FloatFormat.FP32, a, b, elements, ATOL, RTOL));
    }

    @Benchmark
    public FloatDiff vector() {
        return checked(kernel.compare(FloatFormat.FP32, a, b, elements, ATOL, RTOL));
    }

    /// Reads both tensors once and adds all floats, with four independent sums.
    @Benchmark
    public float readOnly() {
        FloatVector sumA = FloatVector.zero(FLOATS);
        FloatVector sumB = sumA;
        FloatVector nextA = sumA;
        FloatVector nextB = sumA;
        int step = BYTES.length();
        for (int at = 0; at < 4 * elements; at += 2 * step) {
            sumA = sumA.add(floats(a, at));
            sumB = sumB.add(floats(b, at));
            nextA = nextA.add(floats(a, at + step));
            nextB = nextB.add(floats(b, at + step));
        }
        return sumA.add(sumB).add(nextA.add(nextB)).reduceLanes(VectorOperators.ADD);
    }

    private static FloatVector floats(MemorySegment segment, int at) {
        return ByteVector.fromMemorySegment(BYTES, segment, at, ByteOrder.LITTLE_ENDIAN).reinterpretAsFloats();
    }

    private FloatDiff checked(FloatDiff diff) {
        if (diff.finite() != elements || diff.beyondTolerance() != beyondExpected || diff.unequal() == 0) {
            throw new IllegalStateException("wrong result: " + diff);
        }
        return diff;
    }
}
