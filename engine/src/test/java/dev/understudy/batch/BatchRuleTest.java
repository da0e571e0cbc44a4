package dev.understudy.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.runtime.Signature;
import dev.understudy.runtime.TrialReport;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class BatchRuleTest {
    private static final TrialReport INDEPENDENT = new TrialReport(true, true, true);
    private static final TrialReport MIXING = new TrialReport(true, true, false);

    @Test
    void undeclaredIsBatchedOnlyWhereTheAxisIsSharedAndRowsAreProvenIndependent() {
        assertTrue(rule(OptionalInt.empty(), -1, true, INDEPENDENT) > 1);
        assertEquals(1, rule(OptionalInt.empty(), -1, true, MIXING), "rows mix");
        assertEquals(1, rule(OptionalInt.empty(), -1, false, INDEPENDENT), "the axis has no common name");
    }

    @Test
    void aDeclarationIsBelievedWhereTheSignatureAllowsIt() {
        assertEquals(16, rule(OptionalInt.of(16), -1, false, MIXING));
        assertEquals(1, rule(OptionalInt.of(1), -1, true, INDEPENDENT));
    }

    @Test
    void aDeclarationThatCannotHoldWarnsAndBatchesNothing() {
        BatchRule fixed = BatchRule.of(OptionalInt.of(16), signature(1, false), INDEPENDENT);
        assertEquals(1, fixed.rowsMax());
        assertTrue(fixed.warning().contains("max_batch_size is 16"), fixed.warning());
        BatchRule unstackable = BatchRule.of(OptionalInt.of(16), signature(-1, false),
                new TrialReport(true, false, false));
        assertEquals(1, unstackable.rowsMax());
        assertTrue(unstackable.warning().contains("stacked rows"), unstackable.warning());
    }

    @Test
    void anUnknownRankIsNoBatchAxisAndAnOptionalInputNeedsNone() {
        TensorSpec in = new TensorSpec("in", DataType.FP32, Shape.of(-1, 4));
        Signature unknown = new Signature(List.of(in), List.of(new TensorSpec("out", DataType.FP32, Shape.ANY)), true);
        assertEquals(1, BatchRule.of(OptionalInt.of(16), unknown, INDEPENDENT).rowsMax());
        Signature optional = new Signature(List.of(in, new TensorSpec("bias", DataType.FP32, Shape.of(4), true)),
                List.of(in), true);
        assertEquals(16, BatchRule.of(OptionalInt.of(16), optional, INDEPENDENT).rowsMax());
    }

    private static long rule(OptionalInt declared, long firstDimension, boolean shared, TrialReport trial) {
        return BatchRule.of(declared, signature(firstDimension, shared), trial).rowsMax();
    }

    private static Signature signature(long firstDimension, boolean shared) {
        TensorSpec in = new TensorSpec("in", DataType.FP32, Shape.of(firstDimension, 4));
        TensorSpec out = new TensorSpec("out", DataType.FP32, Shape.of(firstDimension, 2));
        return new Signature(List.of(in), List.of(out), shared);
    }
}
