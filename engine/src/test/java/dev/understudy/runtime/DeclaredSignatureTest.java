package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.Labels;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.model.TensorDeclarations.Declared;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeclaredSignatureTest {
    private static final Signature MODEL = new Signature(
            List.of(new TensorSpec("x", DataType.FP32, Shape.of(-1, 16)),
                    new TensorSpec("start", DataType.INT32, Shape.of(-1, 1))),
            List.of(new TensorSpec("y", DataType.FP32, Shape.of(-1, -1)),
                    new TensorSpec("z", DataType.FP32, Shape.of(-1))),
            true);

    private static Declared declared(String name, DataType datatype, long... dims) {
        return new Declared(name, datatype, Shape.of(dims), Shape.of(dims), "", Labels.NONE);
    }

    private static Signature narrow(boolean batched, List<Declared> inputs, List<Declared> outputs, String... controls)
            throws ModelLoadException {
        return DeclaredSignature.of(MODEL, new TensorDeclarations(batched, inputs, outputs, Set.of(controls)));
    }

    private static String refusal(boolean batched, List<Declared> inputs, List<Declared> outputs, String... controls) {
        return assertThrows(ModelLoadException.class, () -> narrow(batched, inputs, outputs, controls)).reason();
    }

    @Test
    void withoutDeclarationsTheModelTells() throws ModelLoadException {
        assertEquals(MODEL, DeclaredSignature.of(MODEL, TensorDeclarations.NONE));
        assertEquals(MODEL, narrow(true, List.of(), List.of()));
    }

    @Test
    void whatTheModelLeavesOpenMayBeFixedAndOutputsMayBeLeftOut() throws ModelLoadException {
        Signature narrowed = narrow(true, List.of(declared("x", DataType.FP32, -1, -1)),
                List.of(declared("y", DataType.FP32, -1, 4)), "start");
        assertEquals(Shape.of(-1, 16), narrowed.inputs().getFirst().shape());
        assertEquals(List.of(new TensorSpec("y", DataType.FP32, Shape.of(-1, 4))), narrowed.outputs());
        assertTrue(narrowed.sharedBatchAxis());
        assertFalse(narrow(false, List.of(declared("x", DataType.FP32, 1, 16)), List.of(), "start").sharedBatchAxis());
    }

    @Test
    void contradictionsNameTheTensorAndBothSides() {
        assertEquals("config.pbtxt names input 'w', which the model does not have; it has 'x', 'start'",
                refusal(false, List.of(declared("w", DataType.FP32, 1)), List.of()));
        assertEquals("config.pbtxt leaves out input 'start', which the model needs",
                refusal(false, List.of(declared("x", DataType.FP32, -1, 16)), List.of()));
        assertEquals("config.pbtxt says FP16 for input 'x', the model has FP32",
                refusal(false, List.of(declared("x", DataType.FP16, -1, 16)), List.of(), "start"));
        assertEquals("config.pbtxt says [-1,17] (rows first) for input 'x', the model has [-1,16]",
                refusal(true, List.of(declared("x", DataType.FP32, -1, 17)), List.of(), "start"));
        assertEquals("config.pbtxt says [16] for input 'x', the model has [-1,16]",
                refusal(false, List.of(declared("x", DataType.FP32, 16)), List.of(), "start"));
        assertEquals("config.pbtxt names output 'q', which the model does not have; it has 'y', 'z'",
                refusal(false, List.of(), List.of(declared("q", DataType.FP32, 1))));
    }

    @Test
    void aModelWithoutRowsHasNoMaxBatchSize() {
        Signature fixed = new Signature(List.of(new TensorSpec("x", DataType.FP32, Shape.of(1, 3))), List.of(), false);
        assertEquals("config.pbtxt gives the model a max_batch_size, but input 'x' has no variable first dimension: the"
                + " model has [1,3]",
                assertThrows(ModelLoadException.class, () -> DeclaredSignature.of(fixed,
                        new TensorDeclarations(true, List.of(), List.of(), Set.of()))).reason());
    }

    @Test
    void anOutputOfUnknownRankIsWhatTheFileSays() throws ModelLoadException {
        Signature unknown = new Signature(List.of(), List.of(new TensorSpec("y", DataType.FP32, Shape.ANY)), false);
        assertEquals(Shape.of(20), DeclaredSignature.of(unknown, new TensorDeclarations(false, List.of(),
                List.of(declared("y", DataType.FP32, 20)), Set.of())).outputs().getFirst().shape());
    }
}
