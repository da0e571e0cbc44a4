package dev.understudy.server.http;

import static dev.understudy.server.http.PlaneFixture.header;
import static dev.understudy.server.http.PlaneFixture.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetadataHttpTest {
    private PlaneFixture server;

    @BeforeAll
    void start() throws Exception {
        server = new PlaneFixture();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2", "/v2/", "/v2?a=b"})
    void theServerDescribesItself(String path) throws Exception {
        HttpResponse<byte[]> response = server.get(path);
        assertEquals(200, response.statusCode());
        assertEquals("application/json", header(response, "content-type"));
        JsonNode json = json(response);
        assertEquals("understudy", json.get("name").asText());
        assertTrue(json.get("version").isTextual());
        assertFalse(json.get("version").asText().contains("$"));
        assertEquals("[\"binary_tensor_data\",\"classification\",\"model_configuration\",\"statistics\"]",
                json.get("extensions").toString());
    }

    @Test
    void healthFollowsTheEngine() throws Exception {
        assertEquals("{\"live\":true}", text(server.get("/v2/health/live")));
        assertEquals("{\"ready\":true}", text(server.get("/v2/health/ready")));
        server.models.ready = false;
        HttpResponse<byte[]> response = server.get("/v2/health/ready");
        server.models.ready = true;
        assertEquals(503, response.statusCode());
        assertTrue(json(response).get("error").isTextual());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/models/add_one", "/v2/models/add_one/versions/3"})
    void aModelDescribesItself(String path) throws Exception {
        assertEquals(
                "{\"name\":\"add_one\",\"versions\":[\"3\"],\"platform\":\"onnx_onnxv1\",\"inputs\":[{\"name\":\"x\","
                        + "\"datatype\":\"FP32\",\"shape\":[-1,2]}],\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\","
                        + "\"shape\":[-1,2]}]}",
                text(server.get(path)));
        assertEquals("{\"name\":\"add_one\",\"ready\":true}", text(server.get(path + "/ready")));
    }

    @Test
    void anUnknownModelIsNeitherThereNorReady() throws Exception {
        assertEquals(404, server.get("/v2/models/none").statusCode());
        HttpResponse<byte[]> ready = server.get("/v2/models/none/ready");
        assertEquals(404, ready.statusCode());
        assertFalse(json(ready).get("ready").asBoolean());
        assertEquals(404, server.get("/v2/models/none/stats").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/models/stats", "/v2/models/add_one/stats", "/v2/models/add_one/versions/3/stats"})
    void statisticsHaveTheExtensionsFields(String path) throws Exception {
        JsonNode model = json(server.get(path)).get("model_stats").get(0);
        assertEquals("add_one", model.get("name").asText());
        assertEquals(99, model.get("last_inference").asLong());
        assertEquals(5, model.get("inference_count").asLong());
        assertEquals(2, model.get("execution_count").asLong());
        for (String stage : new String[]{"success", "fail", "queue", "compute_input", "compute_infer",
            "compute_output"}) {
            assertEquals("{\"count\":2,\"ns\":30}", model.get("inference_stats").get(stage).toString());
        }
        for (String never : new String[]{"cache_hit", "cache_miss"}) {
            assertEquals("{\"count\":0,\"ns\":0}", model.get("inference_stats").get(never).toString());
        }
        JsonNode batch = model.get("batch_stats").get(0);
        assertEquals(4, batch.get("batch_size").asLong());
        assertEquals("{\"count\":2,\"ns\":30}", batch.get("compute_infer").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/models/add_one/config", "/v2/models/add_one/versions/3/config"})
    void theConfigurationIsTritonsObjectInSnakeCaseWithNumbers(String path) throws Exception {
        JsonNode config = json(server.get(path));
        assertEquals("add_one", config.get("name").asText());
        assertEquals("onnxruntime_onnx", config.get("platform").asText());
        assertEquals("onnxruntime", config.get("backend").asText());
        assertEquals(8, config.get("max_batch_size").asInt());
        assertEquals("{\"latest\":{\"num_versions\":1}}", config.get("version_policy").toString());
        assertEquals("{\"name\":\"x\",\"data_type\":\"TYPE_FP32\",\"format\":\"FORMAT_NONE\",\"dims\":[2],"
                + "\"reshape\":{\"shape\":[1,2]},\"is_shape_tensor\":false,\"allow_ragged_batch\":false,"
                + "\"optional\":false,\"is_non_linear_format_io\":false}", config.get("input").get(0).toString());
        assertEquals("[2]", config.get("output").get(0).get("dims").toString());
        JsonNode batching = config.get("dynamic_batching");
        assertEquals("[4]", batching.get("preferred_batch_size").toString());
        assertEquals(100, batching.get("max_queue_delay_microseconds").asLong());
        assertEquals(2, config.get("instance_group").get(0).get("count").asInt());
        assertFalse(config.has("sequence_batching"));
        assertFalse(config.get("model_transaction_policy").get("decoupled").asBoolean(true));
        assertEquals(404, server.get("/v2/models/none/config").statusCode());
        assertEquals(404, server.get("/v2/models/add_one/versions/9/config").statusCode());
    }

    @Test
    void aModelThatNeverRanHasNoStatisticsOfOthers() throws Exception {
        assertEquals("{\"model_stats\":[]}", text(server.get("/v2/models/echo/stats")));
    }

    @Test
    void theIndexListsEverythingOrWhatIsReady() throws Exception {
        String all = text(server.post("/v2/repository/index", ""));
        assertEquals("[{\"name\":\"add_one\",\"version\":\"3\",\"state\":\"READY\",\"reason\":\"\"},{\"name\":\"bad\","
                + "\"version\":\"1\",\"state\":\"UNAVAILABLE\",\"reason\":\"it \\\"broke\\\"\"}]", all);
        assertEquals(all, text(server.post("/v2/repository/index", "{\"ready\":false,\"other\":[1]}")));
        assertEquals(1, json(server.post("/v2/repository/index", "{\"ready\":true}")).size());
        assertEquals(400, server.post("/v2/repository/index", "{\"ready\":1}").statusCode());
        assertEquals(400, server.post("/v2/repository/index", "{").statusCode());
        assertEquals(413, server.post("/v2/repository/index", " ".repeat(70_000)).statusCode());
    }

    @Test
    void loadingByRequestIsRefusedAsTritonDoesWhereItWatchesItsRepository() throws Exception {
        HttpResponse<byte[]> response = server.post("/v2/repository/models/add_one/load", "{}");
        assertEquals(503, response.statusCode());
        assertTrue(json(response).get("error").asText()
                .startsWith("explicit model load / unload is not allowed if polling is enabled"));
        assertEquals(503, server.post("/v2/repository/models/add_one/unload", "{}").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1", "/v2x", "/v2/nothing", "/v2/health", "/v2/health/dead", "/v2/models",
        "/v2/models/", "/v2/models//ready", "/v2/models/add_one/", "/v2/models/add_one/nothing",
        "/v2/models/add_one/versions", "/v2/models/add_one/versions/3/x/y", "/v2/repository",
        "/v2/models/add_one/versions/3/infer/x", "/v2/a/b/c/d/e/f/g/h/i"})
    void unknownPathsAre404(String path) throws Exception {
        HttpResponse<byte[]> response = server.get(path);
        assertEquals(404, response.statusCode(), text(response));
        assertTrue(json(response).get("error").isTextual());
    }

    @ParameterizedTest
    @CsvSource({"GET,/v2/models/add_one/infer,POST", "POST,/v2,'GET, HEAD'", "DELETE,/v2/models/add_one,'GET, HEAD'",
        "GET,/v2/repository/index,POST", "PATCH,/v2/health/live,'GET, HEAD'"})
    void wrongMethodsAre405WithTheRightOnes(String method, String path, String allow) throws Exception {
        HttpResponse<byte[]> response = server
                .send(server.to(path).method(method, HttpRequest.BodyPublishers.noBody()));
        assertEquals(405, response.statusCode());
        assertEquals(allow, header(response, "allow"));
        assertTrue(json(response).get("error").isTextual());
    }

    @Test
    void headAnswersAsGetWithoutTheBody() throws Exception {
        HttpResponse<byte[]> response = server
                .send(server.to("/v2/health/live").method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertEquals(200, response.statusCode());
        assertEquals(0, response.body().length);
    }

    @Test
    void aBrokenEscapeInThePathIs400() throws Exception {
        for (String name : new String[]{"%zz", "%4", "%", "%ff", "%c3"}) {
            try (Wire wire = server.wire()) {
                Wire.Answer answer = wire.send(Wire.get("/v2/models/" + name)).answer();
                assertEquals(400, answer.status(), name);
                assertTrue(answer.body().startsWith("{\"error\":\""), answer.body());
            }
        }
    }

    private static JsonNode json(HttpResponse<byte[]> response) throws Exception {
        return new ObjectMapper().readTree(response.body());
    }
}
