package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.runtime.Signature;
import dev.understudy.shadow.Pairing.Attempt;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PairingTest {
    private static final TensorSpec IN = spec("in", DataType.FP32, -1, 4);
    private static final TensorSpec OUT = spec("out", DataType.FP32, -1, 2);
    private static final Signature CHAMPION = signature(List.of(IN), OUT);

    @Test
    void equalSignaturesPairByName() {
        Attempt.Paired paired = assertInstanceOf(Attempt.Paired.class, Pairing.of(CHAMPION, CHAMPION, Map.of()));
        Tensor answer = Tensor.ofFloats("out", Shape.of(1, 2), 1, 2);
        assertEquals(List.of(answer), paired.pairing().underChampionNames(List.of(answer)));
    }

    @Test
    void aMappingPairsOtherNamesAndExtraOutputsAreLeftOut() {
        Signature renamed = signature(List.of(IN), spec("scores", DataType.FP32, -1, 2), spec("x", DataType.INT64, 1));
        Attempt.Paired paired = assertInstanceOf(Attempt.Paired.class,
                Pairing.of(CHAMPION, renamed, Map.of("out", "scores")));
        List<Tensor> outputs = List.of(Tensor.ofFloats("scores", Shape.of(1, 2), 1, 2),
                Tensor.ofStrings("x", Shape.of(1), "?"));
        assertEquals(List.of("out"),
                paired.pairing().underChampionNames(outputs).stream().map(Tensor::name).toList());
    }

    @Test
    void refusalsNameBothSides() {
        refused("input 'in': the champion takes FP32[-1,4], it takes only FP32[1,4]",
                signature(List.of(spec("in", DataType.FP32, 1, 4)), OUT));
        refused("input 'in': the champion takes FP32[-1,4], it takes only INT32[-1,4]",
                signature(List.of(spec("in", DataType.INT32, -1, 4)), OUT));
        refused("it does not take the champion's input 'in'", signature(List.of(spec("x", DataType.FP32, -1, 4)), OUT));
        refused("it needs input 'mask'", signature(List.of(IN, spec("mask", DataType.FP32, -1, 4)), OUT));
        refused("it has no output 'out'", signature(List.of(IN), spec("scores", DataType.FP32, -1, 2)));
        refused("output 'out': the champion gives FP32[-1,2], it gives FP32[-1,3]",
                signature(List.of(IN), spec("out", DataType.FP32, -1, 3)));
    }

    @Test
    void optionalInputsOfTheChampionBindNobodyAndOnesTheChampionDoesNotNeedMustNotBeNeeded() {
        TensorSpec bias = spec("bias", DataType.FP32, 2);
        TensorSpec optional = new TensorSpec("bias", DataType.FP32, Shape.of(2), true);
        Signature champion = signature(List.of(IN, optional), OUT);
        for (Signature challenger : List.of(CHAMPION, champion)) {
            assertInstanceOf(Attempt.Paired.class, Pairing.of(champion, challenger, Map.of()));
            assertInstanceOf(Attempt.Paired.class, Pairing.of(challenger, champion, Map.of()));
        }
        Attempt.Unpairable refusal = assertInstanceOf(Attempt.Unpairable.class,
                Pairing.of(champion, signature(List.of(IN, bias), OUT), Map.of()));
        assertEquals("it needs input 'bias', which the champion does not need", refusal.reason());
    }

    @Test
    void anUnknownRankTakesEveryShapeAndMayMeetEveryShape() {
        Signature any = signature(List.of(new TensorSpec("in", DataType.FP32, Shape.ANY)),
                new TensorSpec("out", DataType.FP32, Shape.ANY));
        assertInstanceOf(Attempt.Paired.class, Pairing.of(CHAMPION, any, Map.of()));
        assertInstanceOf(Attempt.Paired.class, Pairing.of(any, any, Map.of()));
        assertInstanceOf(Attempt.Unpairable.class, Pairing.of(any, CHAMPION, Map.of()), "it takes two axes only");
        assertInstanceOf(Attempt.Unpairable.class,
                Pairing.of(CHAMPION, signature(List.of(IN), spec("out", DataType.FP32)), Map.of()), "a scalar");
    }

    private static void refused(String reason, Signature challenger) {
        Attempt.Unpairable refusal = assertInstanceOf(Attempt.Unpairable.class,
                Pairing.of(CHAMPION, challenger, Map.of()));
        assertTrue(refusal.reason().startsWith(reason), refusal.reason());
    }

    private static TensorSpec spec(String name, DataType datatype, long... dims) {
        return new TensorSpec(name, datatype, Shape.of(dims));
    }

    private static Signature signature(List<TensorSpec> inputs, TensorSpec... outputs) {
        return new Signature(inputs, List.of(outputs), true);
    }
}
