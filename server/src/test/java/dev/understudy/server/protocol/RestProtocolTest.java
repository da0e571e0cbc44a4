package dev.understudy.server.protocol;

import static dev.understudy.server.protocol.ProtocolServer.SIMPLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.server.protocol.ProtocolServer.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Lines of docs/protocol.md on the real server.
@Timeout(120)
@ExtendWith(SharedServer.class)
class RestProtocolTest {
    private static final String INFER = "/v2/models/simple/infer";

    private final ProtocolServer server;

    RestProtocolTest(ProtocolServer server) {
        this.server = server;
    }

    private static List<String> names(JsonNode tensors) {
        return StreamSupport.stream(tensors.spliterator(), false).map(it -> it.path("name").asText()).toList();
    }

    @Test
    void theServerIsLiveReadyAndDescribesItself() throws Exception {
        assertEquals(200, server.get("/v2/health/live").status());
        assertEquals(200, server.get("/v2/health/ready").status());
        assertEquals("{\"name\":\"simple\",\"ready\":true}", server.get("/v2/models/simple/ready").text());
        assertEquals(200, server.get("/v2/models/simple/versions/1/ready?a=b").status());
        for (String path : new String[]{"/v2", "/v2/"}) {
            JsonNode metadata = server.get(path).json();
            assertTrue(metadata.path("name").isTextual() && metadata.path("version").isTextual());
            List<String> extensions = StreamSupport.stream(metadata.path("extensions").spliterator(), false)
                    .map(JsonNode::asText).toList();
            assertTrue(extensions.containsAll(List.of("binary_tensor_data", "classification", "statistics")));
        }
    }

    @Test
    void aModelThatCannotLoadIsNotReadyAndHarmsNoOther() throws Exception {
        Answer ready = server.get("/v2/models/garbage/ready");
        assertEquals(503, ready.status());
        assertFalse(ready.json().path("ready").asBoolean());
        assertEquals(503, server.post("/v2/models/garbage/infer", SIMPLE).status());
        assertEquals(404, server.get("/v2/models/none/ready").status());
        assertEquals(200, server.post(INFER, SIMPLE).status());
    }

    @Test
    void metadataGivesNamesDatatypesAndShapesAsTheModelHasThem() throws Exception {
        JsonNode simple = server.get("/v2/models/simple").json();
        assertEquals(simple, server.get("/v2/models/simple/versions/1").json());
        assertEquals("[\"1\"]", simple.path("versions").toString());
        assertEquals("onnx_onnxv1", simple.path("platform").asText());
        assertEquals("{\"name\":\"A\",\"datatype\":\"FP32\",\"shape\":[-1,2]}",
                simple.path("inputs").get(0).toString());
        assertEquals(List.of("SUM", "DIFFERENCE"), names(simple.path("outputs")));
        JsonNode scalar = server.get("/v2/models/scalar").json();
        assertEquals("[]", scalar.path("inputs").get(0).path("shape").toString());
        assertEquals(List.of("out \"quoted\"\n\u00e9"), names(scalar.path("outputs")));
        for (JsonNode input : server.get("/v2/models/kinds").json().path("inputs")) {
            assertEquals(input.path("name"), input.path("datatype"));
        }
    }

    @Test
    void anAnswerHasTheModelTheVersionTheIdAndItsOutputsInTheModelsOrder() throws Exception {
        Answer answer = server.post("/v2/models/simple/versions/1/infer", SIMPLE);
        assertEquals("application/json", answer.header("content-type"));
        assertEquals("{\"model_name\":\"simple\",\"model_version\":\"1\",\"id\":\"c-1\",\"outputs\":["
                + "{\"name\":\"SUM\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[6.0,9.5]},"
                + "{\"name\":\"DIFFERENCE\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[4.0,4.5]}]}",
                answer.text());
        String reordered = "{\"inputs\":[{\"name\":\"B\",\"data\":[1,2.5],\"shape\":[1,2],\"datatype\":\"FP32\"},"
                + "{\"parameters\":{\"x\":true,\"y\":1,\"z\":\"s\"},\"name\":\"A\",\"shape\":[1,2],\"datatype\":\"FP32\","
                + "\"data\":[5,7]}],\"model_name\":\"other\",\"outputs\":[],"
                + "\"parameters\":{\"sequence_id\":1,\"priority\":2,\"timeout\":3,\"triton_enable_empty_final_response\":true,"
                + "\"headers\":{\"a\":\"b\"},\"mine\":\"x\"}}";
        Answer other = server.post(INFER, reordered);
        assertEquals(answer.json().path("outputs"), other.json().path("outputs"), other.text());
        assertTrue(other.json().path("id").isMissingNode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/octet-stream", "text/plain", "application/json; charset=utf-8"})
    void theContentTypeOfARequestDoesNotMatter(String type) throws Exception {
        assertEquals(200,
                server.send(INFER, SIMPLE.getBytes(StandardCharsets.UTF_8), Map.of("Content-Type", type)).status());
    }

    @Test
    void outputsAreThoseAskedForInTheOrderAskedFor() throws Exception {
        String base = SIMPLE.substring(0, SIMPLE.length() - 1);
        assertEquals(List.of("DIFFERENCE"),
                names(server.post(INFER, base + ",\"outputs\":[{\"name\":\"DIFFERENCE\"}]}").json().path("outputs")));
        assertEquals(List.of("DIFFERENCE", "SUM"), names(server
                .post(INFER, base + ",\"outputs\":[{\"name\":\"DIFFERENCE\"},{\"name\":\"SUM\"}]}").json()
                .path("outputs")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "\"A\",\"shape\":[1,2]|\"C\",\"shape\":[1,2]|400|unexpected input 'C'",
        "\"A\",\"shape\":[1,2]|\"B\",\"shape\":[1,2]|400|'B': is given twice",
        "\"A\",\"shape\":[1,2]|\"A\",\"shape\":[2,1]|400|expected [-1,2]",
        "\"A\",\"shape\":[1,2]|\"A\",\"shape\":[2]|400|expected [-1,2]",
        "\"A\",\"shape\":[1,2],\"datatype\":\"FP32\"|\"A\",\"shape\":[1,2],\"datatype\":\"INT32\"|400|expected FP32",
        "\"outputs\":[]|\"outputs\":[{\"name\":\"NONE\"}]|400|unexpected output 'NONE'",
        "[5,7]|[5,7,9]|400|'A'", "[5,7]|[5]|400|has 1 elements, but shape [1,2] needs 2",
        "[5,7]|[5,\"7\"]|400|element 1", "[5,7]|[5,1e39]|400|out of range", "[5,7]|[5,NaN]|400|NaN"})
    void aRequestThatDoesNotSuitTheModelIs400AndSaysWhatWould(String from, String to, int status, String says)
            throws Exception {
        String base = SIMPLE.substring(0, SIMPLE.length() - 1) + ",\"outputs\":[]}";
        assertTrue(base.contains(from), base);
        Answer answer = server.post(INFER, base.replace(from, to));
        assertEquals(status, answer.status(), answer.text());
        assertTrue(answer.error().contains(says), answer.text());
    }

    @Test
    void aMissingInputIsRefusedByItsName() throws Exception {
        Answer answer = server.post(INFER,
                "{\"inputs\":[{\"name\":\"A\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[5,7]}]}");
        assertEquals(400, answer.status());
        assertTrue(answer.error().contains("'B' is missing"), answer.text());
    }

    @ParameterizedTest
    @CsvSource({"/v2/models/none/infer,404", "/v2/models/simple/versions/9/infer,404",
        "/v2/models/..%2fsimple/infer,404", "/v2/models/%2e%2e%2f%2e%2e%2fetc/infer,404", "/v2/models/simple,405",
        "/v2/nothing,404", "/v2/models/simple/infer/more,404"})
    void aPathThatLeadsNowhereIsAnErrorObject(String path, int status) throws Exception {
        Answer answer = server.post(path, SIMPLE);
        assertEquals(status, answer.status(), answer.text());
        assertFalse(answer.error().isEmpty(), answer.text());
    }

    @Test
    void anUnknownModelIsRefusedInTritonsWords() throws Exception {
        assertEquals("Request for unknown model: 'none' is not found",
                server.post("/v2/models/none/infer", SIMPLE).error());
    }

    @Test
    void aScalarIsSentAndAnsweredWithoutDimensions() throws Exception {
        Answer answer = server.post("/v2/models/scalar/infer",
                "{\"inputs\":[{\"name\":\"in\",\"shape\":[],\"datatype\":\"FP32\",\"data\":[2.5]}]}");
        assertEquals("[]", answer.json().path("outputs").get(0).path("shape").toString(), answer.text());
        assertEquals(-2.5, answer.json().path("outputs").get(0).path("data").get(0).asDouble());
    }

    @Test
    void anEmptyTensorIsSentAndAnswered() throws Exception {
        Answer answer = server.post(INFER, SIMPLE.replace("[1,2],\"datatype\"", "[0,2],\"datatype\"")
                .replace("[5,7]", "[]").replace("[[1,2.5]]", "[]"));
        assertEquals("{\"name\":\"SUM\",\"datatype\":\"FP32\",\"shape\":[0,2],\"data\":[]}",
                answer.json().path("outputs").path(0).toString(), answer.text());
    }

    @Test
    void aBatchIsOneTensorThereAndBack() throws Exception {
        Answer answer = server.post(INFER, SIMPLE.replace("[1,2],\"datatype\"", "[3,2],\"datatype\"")
                .replace("[5,7]", "[[1,2],[3,4],[5,6]]").replace("[[1,2.5]]", "[1,1,1,1,1,1]"));
        assertEquals("{\"name\":\"SUM\",\"datatype\":\"FP32\",\"shape\":[3,2],\"data\":[2.0,3.0,4.0,5.0,6.0,7.0]}",
                answer.json().path("outputs").path(0).toString(), answer.text());
    }

    private long count(String what) throws Exception {
        return server.get("/v2/models/simple/stats").json().path("model_stats").path(0).path(what).asLong();
    }

    @Test
    void rowsAndRunsAreCounted() throws Exception {
        long rows = count("inference_count");
        long runs = count("execution_count");
        aBatchIsOneTensorThereAndBack();
        assertEquals(rows + 3, count("inference_count"));
        assertEquals(runs + 1, count("execution_count"));
    }

    @Test
    void anErrorNeverRepeatsMoreThanAGlanceOfWhatTheClientSent() throws Exception {
        Answer answer = server.post(INFER, SIMPLE.replace("\"A\"", "\"" + "x".repeat(1_000_000) + "\""));
        assertEquals(400, answer.status());
        assertTrue(answer.response().body().length < 2_000);
    }

    @Test
    void anOutputCanBeClassified() throws Exception {
        Answer answer = server.post(INFER, SIMPLE.substring(0, SIMPLE.length() - 1)
                + ",\"outputs\":[{\"name\":\"SUM\",\"parameters\":{\"classification\":2}},{\"name\":\"DIFFERENCE\"}]}");
        JsonNode outputs = answer.json().path("outputs");
        assertEquals("{\"name\":\"SUM\",\"datatype\":\"BYTES\",\"shape\":[1,2],\"data\":[\"9.5:1\",\"6.0:0\"]}",
                outputs.path(0).toString(), answer.text());
        assertEquals("[4.0,4.5]", outputs.path(1).path("data").toString());
    }
}
