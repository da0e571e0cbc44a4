package dev.understudy.server.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnswerEncoderTest {
    private static Encoding encode(AnswerForm form, Tensor... outputs) {
        return AnswerEncoder.encode(new InferenceResponse("m\"1", "2", List.of(outputs), new Timings(0, 0, 0, 0, 1)),
                "\u00e9\n", form);
    }

    private static String json(Encoding encoding) {
        Encoding.Encoded encoded = assertInstanceOf(Encoding.Encoded.class, encoding);
        return StandardCharsets.UTF_8.decode(encoded.json().duplicate()).toString();
    }

    @Test
    void aJsonAnswerHoldsNamesShapesAndShortestNumbers() {
        assertEquals("{\"model_name\":\"m\\\"1\",\"model_version\":\"2\",\"id\":\"\u00e9\\n\",\"outputs\":["
                + "{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[0.1,-0.0,1.0E10]},"
                + "{\"name\":\"s\",\"datatype\":\"BYTES\",\"shape\":[],\"data\":[\"\u00e9\\u0000\"]}]}",
                json(encode(AnswerForm.JSON, Tensor.ofFloats("y", Shape.of(1, 3), 0.1f, -0f, 1e10f),
                        Tensor.ofStrings("s", Shape.of(), "\u00e9\u0000"))));
    }

    @Test
    void aBinaryAnswerAnnouncesTheOutputsOwnBytes() {
        Tensor y = Tensor.ofFloats("y", Shape.of(2), 1, 2);
        Tensor empty = Tensor.ofFloats("e", Shape.of(0));
        Encoding.Encoded encoded = assertInstanceOf(Encoding.Encoded.class,
                encode(new AnswerForm(true, Map.of("j", false), Map.of()), y, Tensor.ofFloats("j", Shape.of(1), 3),
                        empty));
        assertTrue(encoded.binary());
        assertEquals(2, encoded.binaries().size());
        assertSame(y, encoded.binaries().getFirst());
        String json = json(encoded);
        assertTrue(json.contains("\"shape\":[2],\"parameters\":{\"binary_data_size\":8}}"), json);
        assertTrue(json.contains("\"shape\":[0],\"parameters\":{\"binary_data_size\":0}}"), json);
        assertTrue(json.contains("\"data\":[3.0]"), json);
    }

    @Test
    void anAnswerWithoutBinaryOutputsIsNotBinary() {
        Encoding.Encoded encoded = assertInstanceOf(Encoding.Encoded.class,
                encode(AnswerForm.JSON, Tensor.ofFloats("y", Shape.of(1), 1)));
        assertFalse(encoded.binary());
        assertFalse(json(encoded).contains("binary_data_size"));
    }

    @Test
    void whatJsonCannotHoldIsRefusedWithAWayOut() {
        refused(Tensor.ofFloats("y", Shape.of(1), Float.NaN), "NaN");
        refused(Tensor.ofFloats("y", Shape.of(1), Float.NEGATIVE_INFINITY), "-Infinity");
        refused(Tensor.ofBytes("y", Shape.of(1), new byte[]{(byte) 0xFF}), "not UTF-8");
        refused(new Tensor("y", DataType.BF16, Shape.of(1), MemorySegment.ofArray(new byte[2])), "BF16");
        assertInstanceOf(Encoding.Encoded.class,
                encode(AnswerForm.BINARY, Tensor.ofFloats("y", Shape.of(1), Float.NaN)));
    }

    private static void refused(Tensor output, String why) {
        InferenceFailure failure = assertInstanceOf(Encoding.Refused.class, encode(AnswerForm.JSON, output)).failure();
        assertTrue(failure.message().contains("'y'") && failure.message().contains(why)
                && failure.message().contains("'binary_data'"), failure.message());
        assertEquals(InferenceFailure.Kind.INVALID_ARGUMENT, failure.kind());
    }

    @Test
    void aHalfSurrogateInAnIdIsEchoedAsItsEscape() {
        assertEquals("\"\\ud800x\"",
                new String(new JsonBuffer(16).string("\ud800x").toArray(), StandardCharsets.UTF_8));
    }

    @Test
    void integersAreWrittenToTheirLimits() {
        String text = new String(new JsonBuffer(16).number(Long.MIN_VALUE).raw(',').number(Long.MAX_VALUE).raw(',')
                .number(0).raw(',').number(-10).toArray(), StandardCharsets.US_ASCII);
        assertEquals("-9223372036854775808,9223372036854775807,0,-10", text);
    }
}
