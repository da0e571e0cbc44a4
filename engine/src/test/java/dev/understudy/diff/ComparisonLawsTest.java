package dev.understudy.diff;

import static dev.understudy.diff.TestTensors.elementwise;
import static dev.understudy.diff.TestTensors.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.diff.OutputDifference.Elementwise;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ComparisonLawsTest {
    private static List<Comparators> everyRule() throws InvalidConfigException {
        return List.of(rule("identical"), rule("close"), rule("rule", "close", "atol", "0", "rtol", "0"),
                rule("rule", "close", "on", "50%"), rule("same_top_answer"), rule("rule", "same_top_k", "k", "3"),
                rule("rule", "within", "max_abs", "1e-3"), rule("rule", "cosine", "at_least", "0.999"));
    }

    @Property(tries = 300)
    void aTensorAgreesWithItselfUnderEveryRule(@ForAll long seed, @ForAll DataType datatype,
            @ForAll @IntRange(max = 70) int elements) throws InvalidConfigException {
        Tensor tensor = random(seed, datatype, elements);
        for (Comparators comparators : everyRule()) {
            if (comparators.problems(List.of(new TensorSpec("y", datatype, Shape.of(elements)))).isEmpty()) {
                Elementwise same = elementwise(comparators, tensor, tensor);
                assertTrue(same.agrees(), same.toString());
                assertEquals(0, same.severity(), same.toString());
                assertEquals(1, same.metrics().cosine());
            }
        }
    }

    @Property(tries = 300)
    void masksAndDistancesAreSymmetric(@ForAll long seed, @ForAll @IntRange(max = 70) int elements) {
        for (DataType type : List.of(DataType.FP16, DataType.BF16, DataType.FP32, DataType.FP64)) {
            Tensor a = random(seed, type, elements);
            Tensor b = random(~seed, type, elements);
            TensorMetrics there = elementwise(Comparators.DEFAULT, a, b).metrics();
            TensorMetrics back = elementwise(Comparators.DEFAULT, b, a).metrics();
            assertEquals(there.nanMismatches(), back.nanMismatches());
            assertEquals(there.infMismatches(), back.infMismatches());
            assertEquals(there.unequal(), back.unequal());
            assertEquals(there.maxAbs(), back.maxAbs());
            assertEquals(there.maxUlp(), back.maxUlp());
        }
    }

    @Property(tries = 300)
    void severityPassesOneExactlyWhenARuleIsBroken(@ForAll long seed, @ForAll DataType datatype,
            @ForAll @IntRange(min = 1, max = 70) int elements) throws InvalidConfigException {
        Tensor a = random(seed, datatype, elements);
        Tensor b = random(seed + 1, datatype, elements);
        for (Comparators comparators : everyRule()) {
            if (comparators.problems(List.of(new TensorSpec("y", datatype, Shape.of(elements)))).isEmpty()) {
                Elementwise difference = elementwise(comparators, a, b);
                assertEquals(difference.agrees(), difference.severity() <= 1, difference.toString());
                assertTrue(difference.severity() >= 0, difference.toString());
            }
        }
    }

    private static Tensor random(long seed, DataType datatype, int elements) {
        SplittableRandom random = new SplittableRandom(seed);
        if (datatype == DataType.BYTES) {
            byte[][] values = new byte[elements][];
            for (int i = 0; i < elements; i++) {
                values[i] = new byte[random.nextInt(4)];
                random.nextBytes(values[i]);
            }
            return Tensor.ofBytes("y", Shape.of(elements), values);
        }
        byte[] bytes = new byte[elements * datatype.byteSize()];
        random.nextBytes(bytes);
        return new Tensor("y", datatype, Shape.of(elements), MemorySegment.ofArray(bytes));
    }
}
