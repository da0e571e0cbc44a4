package dev.understudy.server.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.model.Labels;
import dev.understudy.model.ServedConfig.ServedTensor;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopClassesTest {
    private static InferenceResponse response(Tensor... outputs) {
        return new InferenceResponse("m", "1", List.of(outputs), new Timings(0, 0, 0, 0, 1));
    }

    private static Tensor classified(Tensor output, int count, long... signature) {
        return classified(output, count, Labels.NONE, Shape.of(signature));
    }

    private static Tensor classified(Tensor output, int count, Labels labels, Shape signature) {
        TopClasses classes = new TopClasses(Map.of(output.name(), count), List.of(new ServedTensor(
                new TensorSpec(output.name(), output.datatype(), signature), signature, "", labels)));
        InferenceResponse shown = assertInstanceOf(InferenceResponse.class, classes.apply(response(output)));
        Tensor tensor = shown.outputs().getFirst();
        assertEquals(DataType.BYTES, tensor.datatype());
        assertEquals(output.name(), tensor.name());
        return tensor;
    }

    private static List<String> texts(Tensor tensor) {
        return Arrays.stream(tensor.byteStrings()).map(text -> new String(text, StandardCharsets.UTF_8)).toList();
    }

    @Test
    void eachRowOfAnOutputWithAVariableFirstDimensionIsClassifiedByItself() {
        Tensor top = classified(Tensor.ofFloats("y", Shape.of(2, 3), 0.25f, 0.5f, 0.125f, 7, 8, 9), 2, -1, 3);
        assertEquals("y BYTES[2,2]", top.toString());
        assertEquals(List.of("0.5:1", "0.25:0", "9.0:2", "8.0:1"), texts(top));
    }

    @Test
    void anOutputOfFixedShapeIsOneRow() {
        Tensor top = classified(Tensor.ofFloats("y", Shape.of(1, 2, 2), 1, 4, 3, 2), 3, 1, 2, 2);
        assertEquals("y BYTES[3]", top.toString());
        assertEquals(List.of("4.0:1", "3.0:2", "2.0:3"), texts(top));
    }

    @Test
    void anElementHasItsLabelBehindItWhereThereIsOne() {
        Labels labels = new Labels("labels.txt", List.of("cat", "", "chien \u00e9l\u00e9gant"));
        Tensor top = classified(Tensor.ofFloats("y", Shape.of(1, 4), 1, 2, 3, 4), 4, labels, Shape.of(-1, 4));
        assertEquals(List.of("4.0:3", "3.0:2:chien \u00e9l\u00e9gant", "2.0:1", "1.0:0:cat"), texts(top));
    }

    @Test
    void moreClassesThanElementsAreAllOfThem() {
        assertEquals(List.of("2.0:1", "1.0:0"),
                texts(classified(Tensor.ofFloats("y", Shape.of(2), 1, 2), Integer.MAX_VALUE, 2)));
        assertEquals("y BYTES[0,0]", classified(Tensor.ofFloats("y", Shape.of(0, 3)), 2, -1, 3).toString());
        assertEquals("y BYTES[2,0]", classified(Tensor.ofFloats("y", Shape.of(2, 0)), 2, -1, -1).toString());
        assertEquals(List.of("5.0:0"), texts(classified(Tensor.ofFloats("y", Shape.of(), 5), 1)));
    }

    @Test
    void ofEqualElementsTheEarlierComesFirstAndNaNLast() {
        Tensor top = classified(Tensor.ofFloats("y", Shape.of(6), Float.NaN, 0f, -0f, 1, 1, Float.NEGATIVE_INFINITY), 6,
                6);
        assertEquals(List.of("1.0:3", "1.0:4", "0.0:1", "-0.0:2", "-Infinity:5", "NaN:0"), texts(top));
    }

    @ParameterizedTest
    @CsvSource({"INT8,127", "UINT8,128", "INT16,32767", "UINT16,32768", "INT32,2147483647", "UINT32,2147483648",
        "INT64,9223372036854775807", "UINT64,9223372036854775808"})
    void integersAreOrderedAsTheirDatatypeSays(DataType datatype, String greatest) {
        // The two elements are 0111...1 and 1000...0: the second is the greater one without a sign only.
        byte[] bytes = new byte[2 * datatype.byteSize()];
        Arrays.fill(bytes, 0, datatype.byteSize(), (byte) 0xFF);
        bytes[datatype.byteSize() - 1] = 0x7F;
        bytes[bytes.length - 1] = (byte) 0x80;
        Tensor tensor = new Tensor("y", datatype, Shape.of(2), MemorySegment.ofArray(bytes));
        String index = datatype.name().startsWith("U") ? ":1" : ":0";
        assertEquals(List.of(greatest + index), texts(classified(tensor, 1, 2)));
    }

    @ParameterizedTest
    @CsvSource({"FP16,0x3C00", "BF16,0x3F80"})
    void halfPrecisionIsReadAsTheNumberItIs(DataType datatype, String one) {
        int bits = Integer.decode(one);
        byte[] bytes = {0, 0, (byte) bits, (byte) (bits >> 8)};
        Tensor tensor = new Tensor("y", datatype, Shape.of(2), MemorySegment.ofArray(bytes));
        assertEquals(List.of("1.0:1", "0.0:0"), texts(classified(tensor, 2, 2)));
    }

    @Test
    void otherOutputsStayAndWhatHasNoOrderIsRefused() {
        Tensor plain = Tensor.ofFloats("a", Shape.of(1), 1);
        Tensor text = Tensor.ofStrings("s", Shape.of(1), "x");
        InferenceResponse shown = assertInstanceOf(InferenceResponse.class,
                new TopClasses(Map.of("b", 1), List.of()).apply(response(plain, text)));
        assertSame(plain, shown.outputs().getFirst());
        InferenceFailure failure = assertInstanceOf(InferenceFailure.class,
                new TopClasses(Map.of("s", 1), List.of()).apply(response(plain, text)));
        assertTrue(failure.message().contains("'s' is BYTES"), failure.message());
    }
}
