package dev.understudy.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.runtime.Signature;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestCheckTest {
    private static final Signature SIGNATURE = new Signature(
            List.of(new TensorSpec("image", DataType.FP32, Shape.of(-1, 2)),
                    new TensorSpec("mask", DataType.FP32, Shape.of(-1, 1))),
            List.of(new TensorSpec("scores", DataType.FP32, Shape.of(-1, 3)),
                    new TensorSpec("label", DataType.INT64, Shape.of(-1))),
            true);
    private static final Tensor IMAGE = floats("image", 2, 2);
    private static final Tensor MASK = floats("mask", 2, 1);

    @Test
    void whatSuitsTheSignatureIsNotRefused() {
        assertNull(refuse(true, List.of(), IMAGE, MASK));
        assertNull(refuse(true, List.of("label"), MASK, IMAGE), "in any order, for any outputs");
        assertNull(refuse(true, List.of(), floats("image", 0, 2), floats("mask", 0, 1)), "no rows are rows");
        assertNull(refuse(false, List.of(), IMAGE, floats("mask", 1, 1)), "alone, rows may differ");
    }

    @Test
    void refusalsNameTheTensorWhatCameAndWhatWouldBeRight() {
        assertEquals("input 'image' has datatype BYTES, expected FP32",
                refuse(false, List.of(), Tensor.ofStrings("image", Shape.of(1, 2), "a", "b"), MASK));
        assertEquals("input 'image' has shape [2,3], expected [-1,2]",
                refuse(false, List.of(), floats("image", 2, 3), MASK));
        assertEquals("input 'mask' has shape [2], expected [-1,1]", refuse(false, List.of(), IMAGE, floats("mask", 2)));
        assertEquals("unexpected input 'picture': model 'digits' takes 'image', 'mask'",
                refuse(false, List.of(), floats("picture", 1), MASK));
        assertEquals("unexpected input 'more': model 'digits' takes 'image', 'mask'",
                refuse(false, List.of(), IMAGE, MASK, floats("more", 1)));
        assertEquals("input 'mask' is missing: model 'digits' takes 'image', 'mask'",
                refuse(false, List.of(), IMAGE));
        assertEquals("input 'image' is missing: model 'digits' takes 'image', 'mask'", refuse(false, List.of()));
        assertEquals("input 'image' is given twice", refuse(false, List.of(), IMAGE, IMAGE));
        assertEquals("unexpected output 'probs': model 'digits' gives 'scores', 'label'",
                refuse(false, List.of("scores", "probs"), IMAGE, MASK));
        assertEquals("all inputs of model 'digits' need the same first dimension, got image FP32[2,2], mask FP32[1,1]",
                refuse(true, List.of(), IMAGE, floats("mask", 1, 1)));
    }

    @Test
    void anOptionalInputMayBeLeftOutAndAnUnknownRankTakesAnyShape() {
        Signature signature = new Signature(
                List.of(new TensorSpec("any", DataType.FP32, Shape.ANY),
                        new TensorSpec("bias", DataType.FP32, Shape.of(3), true)),
                List.of(new TensorSpec("out", DataType.FP32, Shape.of())), false);
        for (Tensor any : List.of(floats("any"), floats("any", 0), floats("any", 2, 1, 2))) {
            assertNull(refuse(signature, any));
            assertNull(refuse(signature, floats("bias", 3), any));
        }
        assertEquals("input 'bias' has shape [2], expected [3]", refuse(signature, floats("any"), floats("bias", 2)));
        assertEquals("input 'any' is missing: model 'm' takes 'any', 'bias'", refuse(signature, floats("bias", 3)));
    }

    private static @Nullable String refuse(Signature signature, Tensor... inputs) {
        return RequestCheck.refuse(
                new InferenceRequest("m", null, "id", null, List.of(inputs), List.of(), null, 0), signature, false);
    }

    private static @Nullable String refuse(boolean batched, List<String> outputs, Tensor... inputs) {
        return RequestCheck.refuse(
                new InferenceRequest("digits", null, "id", null, List.of(inputs), outputs, null, 0), SIGNATURE,
                batched);
    }

    private static Tensor floats(String name, long... dims) {
        Shape shape = Shape.of(dims);
        return Tensor.ofFloats(name, shape, new float[(int) shape.elements()]);
    }
}
