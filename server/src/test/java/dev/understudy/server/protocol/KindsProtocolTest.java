package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.understudy.server.codec.GrpcBodies;
import dev.understudy.server.grpc.GrpcClient;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.server.protocol.ProtocolServer.Answer;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every datatype as JSON and in binary, in all mixtures, through a model that gives back what it gets.
@Timeout(120)
@ExtendWith(SharedServer.class)
class KindsProtocolTest {

    /// Two elements of each datatype, as JSON has them and as bytes; half precision has no JSON.
    private static final class Kind {
        private final String json;
        private final byte[] bytes;

        Kind(String json, byte... bytes) {
            this.json = json;
            this.bytes = bytes;
        }

        String json() {
            return json;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    private static final Map<String, Kind> KINDS = new TreeMap<>(Map.ofEntries(
            Map.entry("BOOL", new Kind("[true,false]", new byte[]{1, 0})),
            Map.entry("UINT8", new Kind("[0,255]", new byte[]{0, -1})),
            Map.entry("UINT16", new Kind("[1,65535]", little(4).putShort((short) 1).putShort((short) -1).array())),
            Map.entry("UINT32", new Kind("[1,4294967295]", little(8).putInt(1).putInt(-1).array())),
            Map.entry("UINT64", new Kind("[1,18446744073709551615]", little(16).putLong(1).putLong(-1).array())),
            Map.entry("INT8", new Kind("[-128,127]", new byte[]{-128, 127})),
            Map.entry("INT16",
                    new Kind("[-32768,32767]", little(4).putShort(Short.MIN_VALUE).putShort((short) 32767).array())),
            Map.entry("INT32",
                    new Kind("[-2147483648,2147483647]",
                            little(8).putInt(Integer.MIN_VALUE).putInt(Integer.MAX_VALUE).array())),
            Map.entry("INT64",
                    new Kind("[-9223372036854775808,9007199254740993]",
                            little(16).putLong(Long.MIN_VALUE).putLong((1L << 53) + 1).array())),
            Map.entry("FP16", new Kind("", little(4).putShort((short) 0x3C00).putShort((short) 0x7E00).array())),
            Map.entry("BF16", new Kind("", little(4).putShort((short) 0x3F80).putShort((short) 0x7FC0).array())),
            Map.entry("FP32", new Kind("[0.1,-0.0]", little(8).putFloat(0.1f).putFloat(-0f).array())),
            Map.entry("FP64",
                    new Kind("[0.1,4.9E-324]", little(16).putDouble(0.1).putDouble(Double.MIN_VALUE).array())),
            Map.entry("BYTES", new Kind("[\"\",\"a \\\"b\\\"\\n\\\\\"]", little(4 + 4 + 7).putInt(0).putInt(7)
                    .put("a \"b\"\n\\".getBytes(StandardCharsets.UTF_8)).array()))));

    private final ProtocolServer server;

    KindsProtocolTest(ProtocolServer server) {
        this.server = server;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Answer ask(Predicate<String> binaryIn, Predicate<String> binaryOut) throws Exception {
        return ask("kinds", KINDS, binaryIn, binaryOut);
    }

    /// A request with these inputs in binary and the others as JSON, and these outputs in binary.
    private Answer ask(String model, Map<String, Kind> kinds, Predicate<String> binaryIn, Predicate<String> binaryOut)
            throws Exception {
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        kinds.forEach((name, kind) -> {
            String head = "{\"name\":\"" + name + "\",\"shape\":[2],\"datatype\":\"" + name + "\",";
            if (binaryIn.test(name) || kind.json().isEmpty()) {
                inputs.add(head + "\"parameters\":{\"binary_data_size\":" + kind.bytes().length + "}}");
                data.writeBytes(kind.bytes());
            } else {
                inputs.add(head + "\"data\":" + kind.json() + "}");
            }
            boolean binary = binaryOut.test(name) || kind.json().isEmpty();
            outputs.add("{\"name\":\"" + name + ".out\",\"parameters\":{\"binary_data\":" + binary + "}}");
        });
        return server.post("/v2/models/" + model + "/infer",
                "{\"inputs\":[" + String.join(",", inputs) + "],\"outputs\":["
                        + String.join(",", outputs) + "]}",
                data.toByteArray());
    }

    private static void assertGivenBack(Answer answer, Predicate<String> binaryOut) throws Exception {
        assertEquals(200, answer.status(), answer.text());
        assertEquals("application/octet-stream", answer.header("content-type"));
        int at = Integer.parseInt(answer.header("inference-header-content-length"));
        byte[] body = answer.response().body();
        for (JsonNode output : answer.json().path("outputs")) {
            String name = output.path("datatype").asText();
            Kind kind = Objects.requireNonNull(KINDS.get(name));
            if (binaryOut.test(name) || kind.json().isEmpty()) {
                int size = output.path("parameters").path("binary_data_size").asInt();
                assertArrayEquals(kind.bytes(), Arrays.copyOfRange(body, at, at + size), name);
                assertTrue(output.path("data").isMissingNode(), name);
                at += size;
            } else {
                assertTrue(answer.text().contains("\"" + name + ".out\",\"datatype\":\"" + name
                        + "\",\"shape\":[2],\"data\":" + kind.json() + "}"), name + " in " + answer.text());
                assertTrue(output.path("parameters").isMissingNode(), name);
            }
        }
        assertEquals(body.length, at);
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void jsonAndBinaryGiveTheSameBitsEitherWay(boolean binaryIn, boolean binaryOut) throws Exception {
        assertGivenBack(ask(_ -> binaryIn, _ -> binaryOut), _ -> binaryOut);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void jsonAndBinaryTensorsMayBeMixedInAnyWay(int mixture) throws Exception {
        Predicate<String> in = name -> (name.hashCode() >> mixture & 1) == 0;
        Predicate<String> out = name -> (name.hashCode() >> mixture & 1) == 1;
        assertGivenBack(ask(in, out), out);
    }

    private static List<Tensor> tensors(Map<String, Kind> kinds) {
        List<Tensor> tensors = new ArrayList<>();
        kinds.forEach((name, kind) -> tensors.add(
                new Tensor(name, DataType.valueOf(name), Shape.of(2), MemorySegment.ofArray(kind.bytes()))));
        return tensors;
    }

    private static void assertGivenBack(Map<String, Kind> kinds, ModelInferResponse answer) {
        assertEquals(kinds.keySet().stream().map(name -> name + ".out " + name + " [2]").toList(),
                answer.getOutputsList().stream().map(it -> it.getName() + " " + it.getDatatype() + " "
                        + it.getShapeList()).toList());
        assertEquals(kinds.values().stream().map(kind -> ByteString.copyFrom(kind.bytes())).toList(),
                answer.getRawOutputContentsList());
    }

    @Test
    void rawContentsOverGrpcGiveTheSameBits() {
        try (GrpcClient grpc = new GrpcClient(server.grpcPort())) {
            assertGivenBack(KINDS, grpc.call("ModelInfer", GrpcBodies.raw("kinds", tensors(KINDS)),
                    ModelInferResponse.getDefaultInstance()));
        }
    }

    /// Half precision aside, which has neither JSON nor typed contents.
    @Test
    void everyFormOfOneRequestGivesTheSameBytes() throws Exception {
        Map<String, Kind> whole = new TreeMap<>(KINDS);
        whole.values().removeIf(kind -> kind.json().isEmpty());
        assertEquals(12, whole.size());
        for (boolean binary : new boolean[]{false, true}) {
            assertGivenBack(ask("whole_kinds", whole, _ -> binary, _ -> true), _ -> true);
        }
        try (GrpcClient grpc = new GrpcClient(server.grpcPort())) {
            for (ModelInferRequest request : List.of(GrpcBodies.raw("whole_kinds", tensors(whole)),
                    GrpcBodies.typed("whole_kinds", tensors(whole)))) {
                assertGivenBack(whole, grpc.call("ModelInfer", request, ModelInferResponse.getDefaultInstance()));
            }
        }
    }

    @Test
    void emptyTensorsTakeNoBytesEitherWay() throws Exception {
        Answer answer = server.post("/v2/models/echo/infer", "{\"inputs\":[{\"name\":\"in\",\"shape\":[0],\"datatype\":"
                + "\"UINT8\",\"parameters\":{\"binary_data_size\":0}}],\"parameters\":{\"binary_data_output\":true}}",
                new byte[0]);
        assertEquals(200, answer.status(), answer.text());
        assertEquals("{\"name\":\"out\",\"datatype\":\"UINT8\",\"shape\":[0],\"parameters\":{\"binary_data_size\":0}}",
                answer.json().path("outputs").path(0).toString());
        assertEquals(answer.header("inference-header-content-length"),
                Integer.toString(answer.response().body().length));
    }

    @Test
    void anAnswerMayBeAskedForInBinaryAsAWhole() throws Exception {
        String request = ProtocolServer.SIMPLE.substring(0, ProtocolServer.SIMPLE.length() - 1)
                + ",\"parameters\":{\"binary_data_output\":true}";
        Answer all = server.post("/v2/models/simple/infer", request + "}");
        assertEquals("application/octet-stream", all.header("content-type"));
        int json = Integer.parseInt(all.header("inference-header-content-length"));
        assertArrayEquals(little(16).putFloat(6).putFloat(9.5f).putFloat(4).putFloat(4.5f).array(),
                Arrays.copyOfRange(all.response().body(), json, all.response().body().length));
        Answer one = server.post("/v2/models/simple/infer", request
                + ",\"outputs\":[{\"name\":\"SUM\",\"parameters\":{\"binary_data\":false}},{\"name\":\"DIFFERENCE\"}]}");
        assertEquals("[6.0,9.5]", one.json().path("outputs").path(0).path("data").toString());
        assertEquals(8, one.json().path("outputs").path(1).path("parameters").path("binary_data_size").asInt());
        Answer none = server.post("/v2/models/simple/infer", request
                + ",\"outputs\":[{\"name\":\"SUM\",\"parameters\":{\"binary_data\":false}}]}");
        assertEquals("application/json", none.header("content-type"));
        assertEquals("", none.header("inference-header-content-length"));
    }

    @Test
    void aRawBodyIsTheOnlyInput() throws Exception {
        Answer answer = server.post("/v2/models/scalar/infer", "", little(4).putFloat(2.5f).array());
        int json = Integer.parseInt(answer.header("inference-header-content-length"));
        assertArrayEquals(little(4).putFloat(-2.5f).array(),
                Arrays.copyOfRange(answer.response().body(), json, answer.response().body().length));
        Answer several = server.post("/v2/models/simple/infer", "", new byte[8]);
        assertEquals(400, several.status());
        assertTrue(several.error().contains("one input"), several.text());
    }
}
