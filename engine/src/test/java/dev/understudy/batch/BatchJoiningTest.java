package dev.understudy.batch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.runtime.Signature;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Which requests may share a run.
class BatchJoiningTest {
    @Test
    void onlyRequestsOfOneRowShapeJoin() {
        InferenceRequest first = request(zeros("a", 2, 3), zeros("b", 2, 5));
        assertTrue(joins(first, request(zeros("b", 4, 5), zeros("a", 4, 3))));
        assertFalse(joins(first, request(zeros("a", 2, 4), zeros("b", 2, 5))), "another width");
        assertFalse(joins(first, request(zeros("a", 2, 3, 1), zeros("b", 2, 5))), "another rank");
        assertFalse(joins(first, request(zeros("a", 2, 3))), "an input less");
        assertFalse(joins(first, request(zeros("a", 2, 3), zeros("c", 2, 5))), "another input");
        assertFalse(joins(first,
                request(zeros("a", 2, 3), Tensor.ofStrings("b", Shape.of(1, 5), "", "", "", "", ""))));
        InferenceRequest scalar = request(Tensor.ofFloats("a", Shape.of(), 1));
        assertFalse(BatchRunner.joins(signature("a"), scalar, scalar), "a scalar has no rows to stack");
    }

    @Test
    void requestsWhoseInputsHaveUnequalRowsDoNotJoin() {
        InferenceRequest twoThree = request(zeros("a", 2, 1), zeros("b", 3, 1));
        InferenceRequest threeTwo = request(zeros("a", 3, 1), zeros("b", 2, 1));
        InferenceRequest twoTwo = request(zeros("a", 2, 1), zeros("b", 2, 1));
        assertFalse(joins(twoThree, threeTwo), "stacked, five rows meet five others");
        assertFalse(joins(twoTwo, twoThree));
        assertFalse(joins(twoThree, twoTwo));
    }

    private static boolean joins(InferenceRequest first, InferenceRequest next) {
        return BatchRunner.joins(signature("a", "b"), first, next);
    }

    private static Signature signature(String... inputs) {
        return new Signature(
                Stream.of(inputs).map(name -> new TensorSpec(name, DataType.FP32, Shape.of(-1, -1))).toList(),
                List.of(), true);
    }

    private static Tensor zeros(String name, long... dims) {
        Shape shape = Shape.of(dims);
        return Tensor.ofFloats(name, shape, new float[(int) shape.elements()]);
    }

    private static InferenceRequest request(Tensor... inputs) {
        return new InferenceRequest("m", null, "id", null, List.of(inputs), List.of(), null, 0);
    }
}
