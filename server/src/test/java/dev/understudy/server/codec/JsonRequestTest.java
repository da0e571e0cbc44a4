package dev.understudy.server.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRequestTest {
    @Test
    void readsEverythingARequestMayHold() {
        InferenceRequest request = Bodies.request("""
                {"model_name":"ignored","id":"a\\u00e9","parameters":{"priority":3,"segment":"eu","headers":{"a":[1]}},
                 "inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","parameters":{"sequence_id":1},"data":[1.5,-2]},
                           {"name":"s","shape":[2],"datatype":"BYTES","data":["a","\\u00e9"]}],
                 "outputs":[{"name":"b"},{"name":"a","unknown":{"deep":[{}]}}]}""");
        assertEquals("a\u00e9", request.id());
        assertEquals("eu", request.segment());
        assertEquals("rid-1", request.requestId());
        assertEquals(7, request.receivedNanos());
        assertEquals(List.of("b", "a"), request.outputs());
        Tensor x = request.inputs().getFirst();
        assertEquals("x FP32[1,2]", x.toString());
        assertArrayEquals(little(8).putFloat(1.5f).putFloat(-2f).array(), Bodies.bytes(x));
        assertArrayEquals(new byte[][]{{'a'}, {(byte) 0xC3, (byte) 0xA9}}, request.inputs().get(1).byteStrings());
    }

    @Test
    void theFieldsOfAnInputComeInAnyOrder() {
        InferenceRequest request = Bodies.request("""
                {"outputs":null,"inputs":[
                  {"data":[[1,2],[3,4]],"datatype":"INT16","name":"x","shape":[2,2]},
                  {"shape":[1],"data":["\\ud83d\\ude00"],"name":"y","datatype":"BYTES"}],"id":null}""");
        assertArrayEquals(new byte[]{1, 0, 2, 0, 3, 0, 4, 0}, Bodies.bytes(request.inputs().getFirst()));
        assertEquals("\ud83d\ude00", new String(request.inputs().get(1).byteStrings()[0], StandardCharsets.UTF_8));
        assertNull(request.id());
        assertTrue(request.outputs().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[]|5", "[]|[5]", "[1]|[5]", "[1,1,1]|[[[5]]]", "[1,1,1]|[5]"})
    void oneElementMayBeFlatOrNestedAsItsShape(String shape, String data) {
        Tensor tensor = Bodies.request(Bodies.input("UINT8", shape, data)).inputs().getFirst();
        assertArrayEquals(new byte[]{5}, Bodies.bytes(tensor));
        assertEquals(shape, tensor.shape().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[0]|[]", "[0,3]|[]", "[2,0]|[[],[]]", "[2,0]|[]", "[3,0,4]|[[],[],[]]"})
    void emptyTensorsAreTensors(String shape, String data) {
        assertEquals(0, Bodies.request(Bodies.input("FP64", shape, data)).inputs().getFirst().byteSize());
    }

    @Test
    void noInputsAtAllIsARequestToo() {
        assertTrue(Bodies.request("{\"inputs\":[]}").inputs().isEmpty());
    }

    @Test
    void integersArriveExactlyToTheirLimits() {
        assertArrayEquals(little(24).putLong(Long.MIN_VALUE).putLong(Long.MAX_VALUE).putLong((1L << 53) + 1).array(),
                data("INT64", "[3]", "[-9223372036854775808,9223372036854775807,9007199254740993]"));
        assertArrayEquals(little(16).putLong(-1L).putLong(Long.MIN_VALUE).array(),
                data("UINT64", "[2]", "[18446744073709551615,9223372036854775808]"));
        assertArrayEquals(little(8).putInt(-1).putInt(0).array(), data("UINT32", "[2]", "[4294967295,0]"));
        assertArrayEquals(new byte[]{-128, 127}, data("INT8", "[2]", "[-128,127]"));
        assertArrayEquals(new byte[]{1, 0}, data("BOOL", "[2]", "[true,false]"));
    }

    @Test
    void fp32IsRoundedOnceAndZeroKeepsItsSign() {
        // Just above the middle between two floats, but a double rounds it onto the middle, and from there down.
        String text = "1.00000017881393432617187500000001";
        assertArrayEquals(little(16).putFloat(Float.parseFloat(text)).putFloat(-0f).putFloat(-0f)
                .putFloat(Float.MIN_VALUE).array(), data("FP32", "[4]", "[" + text + ",-0,-0.0,1e-45]"));
        assertArrayEquals(little(8).putDouble(-0.0).array(), data("FP64", "[1]", "[-0]"));
        assertArrayEquals(little(4).putFloat(16777216f).array(), data("FP32", "[1]", "[16777217]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"INT8|300", "INT8|-129", "UINT8|-1", "UINT16|65536", "INT32|2147483648",
        "UINT32|4294967296", "INT64|9223372036854775808", "UINT64|18446744073709551616", "UINT64|-1",
        "INT64|1180591620717411303424", "FP32|1e39", "FP64|1e400", "FP32|-1e39"})
    void whatDoesNotFitIsRefusedNotWrapped(String datatype, String value) {
        String message = Bodies.refusal(Bodies.decode(Bodies.input(datatype, "[1]", "[" + value + "]")));
        assertTrue(message.contains("'x'") && message.contains("out of range for " + datatype), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {"FP32|\"NaN\"", "FP32|true", "INT32|1.5", "INT32|\"1\"",
        "BOOL|1", "BOOL|\"true\"", "BYTES|1", "FP64|null", "INT8|{}", "FP32|\"1\""})
    void anElementOfAnotherJsonTypeIsRefused(String datatype, String value) {
        String message = Bodies.refusal(Bodies.decode(Bodies.input(datatype, "[1]", "[" + value + "]")));
        assertTrue(message.contains("'x'") && message.contains(datatype), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FP16", "BF16"})
    void halfPrecisionInJsonIsRefusedInTritonsWords(String datatype) {
        String message = Bodies.refusal(Bodies.decode(Bodies.input(datatype, "[1]", "[1.0]")));
        assertTrue(message.contains("receiving " + datatype + " data via JSON is not supported"), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[3]|[1,2]", "[1]|[1,2]", "[2,2]|[1,2,3]", "[2,2]|[[1,2],[3]]",
        "[2,2]|[[1,2,3],[4]]", "[2,2]|[[1,2],3,4]", "[2,2]|[1,[2,3],4]", "[4]|[[1,2],[3,4]]", "[2,2]|[[[1,2],[3,4]]]",
        "[1]|1", "[]|[1,2]", "[]|[[1]]", "[4294967296,4294967296]|[1]", "[4611686018427387904]|[1]",
        "[9223372036854775807,2]|[]", "[3000000000]|[1,2]", "[2,0]|[[]]", "[2,2]|[]"})
    void dataThatDoNotFillTheShapeNameTheInput(String shape, String data) {
        String message = Bodies.refusal(Bodies.decode(Bodies.input("INT32", shape, data)));
        assertTrue(message.contains("input 'x'"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[-1]", "[1.0]", "[\"1\"]", "[[1]]", "[18446744073709551616]", "1", "{}", "[null]",
        "[18446744073709551615]", "[1e2]", "[true]"})
    void aShapeIsAnArrayOfCounts(String shape) {
        assertTrue(Bodies.refusal(Bodies.decode(Bodies.input("INT32", shape, "[1]"))).contains("'shape'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[]", "1", "null", "\"x\"", "{}", "{\"inputs\":1}", "{\"inputs\":{}}",
        "{\"inputs\":[1]}", "{\"inputs\":[{}]}", "{\"inputs\":[]}x", "{\"inputs\":[]}{}", "{\"inputs\":[],}",
        "{\"inputs\":[]", "{\"inputs\":[],\"id\":3}", "{\"inputs\":[],\"outputs\":{}}", "{'inputs':[]}",
        "{\"inputs\":[],\"outputs\":[{}]}", "{\"inputs\":[],\"outputs\":[\"a\"]}", "{\"inputs\":[],\"parameters\":[]}",
        "{\"inputs\":[],\"outputs\":[{\"name\":\"a\"},{\"name\":\"a\"}]}", "{\"inputs\":[],\"inputs\":[]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\"}]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"data\":[1]}]}",
        "{\"inputs\":[{\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP31\",\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[NaN]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1],\"data\":[2]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}",
        "{\"inputs\":[],\"parameters\":{\"binary_data_output\":1}}",
        "{\"inputs\":[],\"outputs\":[{\"name\":\"a\",\"parameters\":{\"binary_data\":\"yes\"}}]}",
        "{\"inputs\":[],\"outputs\":[{\"name\":\"a\",\"parameters\":{\"classification\":-1}}]}",
        "{\"inputs\":[],\"outputs\":[{\"name\":\"a\",\"parameters\":{\"classification\":\"3\"}}]}",
        "{\"inputs\":[],\"outputs\":[{\"name\":\"a\",\"parameters\":{\"shared_memory_region\":\"r\"}}]}"})
    void whatIsNoRequestIsRefused(String json) {
        Bodies.refusal(Bodies.decode(json));
    }

    @ParameterizedTest
    @CsvSource({"[64],'[1,2]',2,64", "[64],[],0,64", "[3000000000],'[1,2]',2,3000000000", "'[8,8]','[1,2]',2,64"})
    void tooFewElementsAreCountedBesideThoseTheShapeNeeds(String shape, String data, int given, long needed) {
        String message = Bodies.refusal(Bodies.decode(Bodies.input("INT32", shape, data)));
        assertTrue(message.contains("has " + given + " elements, but shape " + shape + " needs " + needed), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity", "+1", ".5", "+Infinity", "/*a*/1", "#1", "1."})
    void whatOnlyLooksLikeJsonIsRefusedInOurOwnWords(String element) {
        String message = Bodies.refusal(Bodies.decode(Bodies.input("FP32", "[1]", "[" + element + "]")));
        assertTrue(message.contains("malformed at byte ") && !message.contains("enable") && !message.contains("Feature")
                && !message.contains("`") && !message.contains("ALLOW"), message);
        assertEquals(element.endsWith("N") || element.endsWith("y"), message.contains("send such values in binary"),
                message);
    }

    @Test
    void theSameInputTwiceIsRefused() {
        String one = "{\"name\":\"x\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1]}";
        assertTrue(Bodies.refusal(Bodies.decode("{\"inputs\":[" + one + "," + one + "]}"))
                .contains("'x': is given twice"));
    }

    @Test
    void deepNestingIsRefusedAtOnce() {
        String deep = "[".repeat(100_000);
        Bodies.refusal(Bodies.decode(deep));
        Bodies.refusal(Bodies.decode("{\"unknown\":" + deep));
        Bodies.refusal(Bodies.decode("{\"inputs\":" + deep));
        Bodies.refusal(Bodies.decode(Bodies.input("FP32", "[1]", deep)));
        Bodies.refusal(Bodies.decode("{\"inputs\":[{\"data\":" + deep));
        Bodies.refusal(Bodies.decode("{\"a\":".repeat(100_000)));
    }

    @Test
    void neitherTensorsNorDimensionsAreWithoutEnd() {
        Bodies.refusal(Bodies.decode("{\"inputs\":[" + "{},".repeat(1_000_000)));
        String outputs = IntStream.range(0, 5000).mapToObj(i -> "{\"name\":\"" + i + "\"}")
                .collect(Collectors.joining(","));
        assertTrue(Bodies.refusal(Bodies.decode("{\"outputs\":[" + outputs + "]}")).contains("4096"));
        assertTrue(Bodies.refusal(Bodies.decode(Bodies.input("INT8", "[1" + ",1".repeat(64) + "]", "[1]")))
                .contains("64 dimensions"));
        Bodies.refusal(Bodies.decode("{\"inputs\":[{\"name\":\"" + "x".repeat(100_000) + "\"}]}"));
    }

    @Test
    void halfASurrogatePairIsNoText() {
        assertTrue(Bodies.refusal(Bodies.decode(Bodies.input("BYTES", "[1]", "[\"a\\ud800\"]"))).contains("surrogate"));
    }

    @Test
    void stringsOfAnyLengthArriveWhole() {
        String text = "\u0000\"\\\n\u00e9\ud83d\ude00".repeat(12_000);
        JsonBuffer json = new JsonBuffer(16).raw('[').string(text).raw(',').string("").raw(']');
        byte[][] strings = Bodies
                .request(Bodies.input("BYTES", "[2]", new String(json.toArray(), StandardCharsets.UTF_8))).inputs()
                .getFirst().byteStrings();
        assertEquals(text, new String(strings[0], StandardCharsets.UTF_8));
        assertEquals(0, strings[1].length);
    }

    @Test
    void aManyDimensionalShapeIsRead() {
        Tensor tensor = Bodies.request(Bodies.input("UINT8", "[1,1,1,1,1,1,1,2]", "[1,2]")).inputs().getFirst();
        assertEquals(Shape.of(1, 1, 1, 1, 1, 1, 1, 2), tensor.shape());
        assertEquals(DataType.UINT8, tensor.datatype());
    }

    private static byte[] data(String datatype, String shape, String data) {
        return Bodies.bytes(Bodies.request(Bodies.input(datatype, shape, data)).inputs().getFirst());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
