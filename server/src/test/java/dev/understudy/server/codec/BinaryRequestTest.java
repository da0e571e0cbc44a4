package dev.understudy.server.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinaryRequestTest {
    private static final byte[] FOUR = {1, 2, 3, 4};

    private static String binary(String name, String datatype, String shape, Object bytes) {
        return "{\"name\":\"" + name + "\",\"shape\":" + shape + ",\"datatype\":\"" + datatype
                + "\",\"parameters\":{\"binary_data_size\":" + bytes + "}}";
    }

    private static String inputs(String... inputs) {
        return "{\"inputs\":[" + String.join(",", inputs) + "]}";
    }

    @Test
    void binaryInputsFollowTheJsonInItsOrderAndMixWithJsonOnes() {
        List<Tensor> inputs = Bodies.request(inputs(binary("b", "FP16", "[2]", 4),
                "{\"name\":\"j\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[9]}", binary("e", "INT64", "[0,3]", 0),
                binary("a", "BYTES", "[1]", 6)), FOUR, new byte[]{2, 0, 0, 0, (byte) 0xFF, 0}).inputs();
        assertEquals(List.of("b", "j", "e", "a"), inputs.stream().map(Tensor::name).toList());
        assertArrayEquals(FOUR, Bodies.bytes(inputs.getFirst()));
        assertEquals(0, inputs.get(2).byteSize());
        assertArrayEquals(new byte[]{(byte) 0xFF, 0}, inputs.get(3).byteStrings()[0]);
    }

    @Test
    void binaryInputsAreSlicesOfTheBodyNotCopies() {
        byte[] json = inputs(binary("x", "UINT8", "[4]", 4)).getBytes(StandardCharsets.UTF_8);
        byte[] body = Bodies.concat(json, FOUR);
        Decoding decoding = RequestDecoder.decode(Bodies.ENVELOPE, body, 0, body.length, json.length);
        Tensor tensor = Bodies.accepted(decoding).request().inputs().getFirst();
        body[json.length] = 77;
        assertEquals(77, Bodies.bytes(tensor)[0]);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"UINT8|[4]|3", "UINT8|[3]|4", "FP32|[1]|5", "FP32|[4294967296,4294967296]|4",
        "FP32|[4611686018427387904]|4", "UINT8|[8]|8", "BYTES|[4]|4", "BYTES|[0]|4", "BYTES|[1]|-1",
        "BYTES|[9223372036854775807]|4", "BYTES|[9223372036854775807,3]|4", "UINT8|[4]|\"4\"", "UINT8|[4]|4.0",
        "UINT8|[4]|18446744073709551616", "UINT8|[4]|-4"})
    void aSizeThatDoesNotFitNamesTheInput(String datatype, String shape, String bytes) {
        String message = Bodies.refusal(Bodies.decode(inputs(binary("x", datatype, shape, bytes)), FOUR));
        assertTrue(message.contains("'x'"), message);
    }

    @Test
    void stringsThatOverrunOrFallShortAreRefused() {
        assertTrue(Bodies.refusal(Bodies.decode(inputs(binary("x", "BYTES", "[1]", 6)), new byte[]{3, 0, 0, 0, 1, 2}))
                .contains("'x'"));
        Bodies.refusal(Bodies.decode(inputs(binary("x", "BYTES", "[1]", 6)), new byte[]{1, 0, 0, 0, 1, 2}));
        Bodies.refusal(Bodies.decode(inputs(binary("x", "BYTES", "[1]", 4)), new byte[]{-1, -1, -1, -1}));
        Bodies.refusal(Bodies.decode(inputs(binary("x", "BYTES", "[2]", 5)), new byte[]{1, 0, 0, 0, 1}));
    }

    @Test
    void bytesLeftOverAreRefused() {
        String message = Bodies.refusal(Bodies.decode(inputs(binary("x", "UINT8", "[3]", 3)), FOUR));
        assertTrue(message.contains("unexpected additional input data"), message);
        Bodies.refusal(Bodies.decode(inputs(), FOUR));
    }

    @Test
    void dataAndBinaryDataExcludeEachOther() {
        String both = "{\"name\":\"x\",\"shape\":[4],\"datatype\":\"UINT8\",\"data\":[1,2,3,4],"
                + "\"parameters\":{\"binary_data_size\":4}}";
        assertTrue(Bodies.refusal(Bodies.decode(inputs(both), FOUR)).contains("both"));
    }

    @Test
    void anOutputsOwnWishOverridesTheRequests() {
        AnswerForm form = Bodies.accepted(Bodies.decode("""
                {"parameters":{"binary_data_output":true},"inputs":[],
                 "outputs":[{"name":"a"},{"name":"b","parameters":{"binary_data":false}}]}""")).form();
        assertTrue(form.isBinary("a"));
        assertFalse(form.isBinary("b"));
        form = Bodies.accepted(Bodies.decode("""
                {"inputs":[],"outputs":[{"name":"a"},{"name":"b","parameters":{"binary_data":true}}]}""")).form();
        assertFalse(form.isBinary("a"));
        assertTrue(form.isBinary("b"));
    }

    private static Decoding raw(boolean batched, DataType datatype, Shape shape, byte... body) {
        return RequestDecoder.decodeRaw(Bodies.ENVELOPE, List.of(new TensorSpec("x", datatype, shape)), batched, body,
                0, body.length);
    }

    private static Decoding raw(DataType datatype, Shape shape, byte... body) {
        return raw(false, datatype, shape, body);
    }

    @Test
    void aRawBodyTakesItsShapeFromTheSignatureAndItsSize() {
        Decoding.Accepted open = Bodies.accepted(raw(DataType.UINT8, Shape.of(-1, 2), FOUR));
        assertEquals("x UINT8[2,2]", open.request().inputs().getFirst().toString());
        assertTrue(open.form().isBinary("anything"));
        assertEquals("x UINT8[1,4]", Bodies.accepted(raw(DataType.UINT8, Shape.of(-1, -1), FOUR)).request().inputs()
                .getFirst().toString());
        assertEquals("x FP32[1]",
                Bodies.accepted(raw(DataType.FP32, Shape.of(1), FOUR)).request().inputs().getFirst().toString());
        Tensor string = Bodies.accepted(raw(DataType.BYTES, Shape.of(-1, 1), FOUR)).request().inputs().getFirst();
        assertEquals("x BYTES[1,1]", string.toString());
        assertArrayEquals(FOUR, string.byteStrings()[0]);
    }

    @Test
    void aRawBodyForABatchedModelIsABatchOfOne() {
        assertEquals("x UINT8[1,4]", Bodies.accepted(raw(true, DataType.UINT8, Shape.of(-1, 4), FOUR)).request()
                .inputs().getFirst().toString());
        assertEquals("x UINT8[1,2,2]", Bodies.accepted(raw(true, DataType.UINT8, Shape.of(-1, 2, -1), FOUR)).request()
                .inputs().getFirst().toString());
        assertEquals("input 'x': the body has 4 bytes, but UINT8 of shape [1,2] takes 2",
                Bodies.refusal(raw(true, DataType.UINT8, Shape.of(-1, 2), FOUR)));
        Bodies.refusal(raw(true, DataType.UINT8, Shape.of(-1), FOUR));
        assertEquals("x BYTES[1]", Bodies.accepted(raw(true, DataType.BYTES, Shape.of(-1), FOUR)).request().inputs()
                .getFirst().toString());
    }

    @Test
    void aRawBodyOfBooleansHoldsZerosAndOnes() {
        Bodies.accepted(raw(DataType.BOOL, Shape.of(-1), new byte[]{0, 1, 1}));
        assertEquals("input 'x': element 2 of the BOOL data is 255: expected 0 or 1",
                Bodies.refusal(raw(DataType.BOOL, Shape.of(-1), new byte[]{0, 1, -1})));
    }

    @Test
    void aRawBodyIsTheOnlyInputThatMustBeThereElseTheOnlyOne() {
        TensorSpec needed = new TensorSpec("x", DataType.UINT8, Shape.of(4));
        TensorSpec optional = new TensorSpec("o", DataType.UINT8, Shape.of(4), true);
        for (List<TensorSpec> signature : List.of(List.of(optional, needed), List.of(optional, needed, optional))) {
            assertEquals("x UINT8[4]",
                    Bodies.accepted(RequestDecoder.decodeRaw(Bodies.ENVELOPE, signature, false, FOUR, 0, 4)).request()
                            .inputs().getFirst().toString());
        }
        assertEquals("o UINT8[4]",
                Bodies.accepted(RequestDecoder.decodeRaw(Bodies.ENVELOPE, List.of(optional), false, FOUR, 0, 4))
                        .request()
                        .inputs().getFirst().toString());
        for (List<TensorSpec> signature : List.of(List.of(needed, needed), List.of(optional, optional))) {
            String message = Bodies.refusal(RequestDecoder.decodeRaw(Bodies.ENVELOPE, signature, false, FOUR, 0, 4));
            assertTrue(message.endsWith("has 2"), message);
        }
    }

    @Test
    void aRawBodyThatFitsNoShapeIsRefused() {
        Bodies.refusal(raw(DataType.FP32, Shape.of(2), FOUR));
        Bodies.refusal(raw(DataType.UINT8, Shape.of(-1, 3), FOUR));
        Bodies.refusal(raw(DataType.UINT8, Shape.of(2, -1, -1), FOUR));
        Bodies.refusal(raw(DataType.UINT8, Shape.of(-1, 0), FOUR));
        Bodies.refusal(raw(DataType.BYTES, Shape.of(2), FOUR));
        Bodies.refusal(RequestDecoder.decodeRaw(Bodies.ENVELOPE, List.of(), false, FOUR, 0, 4));
    }
}
