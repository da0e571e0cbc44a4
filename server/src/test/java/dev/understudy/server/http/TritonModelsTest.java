package dev.understudy.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.engine.Engine;
import dev.understudy.engine.EngineConfig;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.Limits;
import dev.understudy.server.plane.ConnectionFaults;
import dev.understudy.server.plane.DataPlaneOptions;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.ServerIdentity;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The models that Triton's example clients call, served over HTTP from a copy of their repository. Skipped where they are
/// not beside the repository.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TritonModelsTest {
    private static final Path SHARED = Path.of("../../shared/models/triton");
    private static final ObjectMapper JSON = new ObjectMapper();
    /// Configurations as Triton's own repositories have them; the other models have none.
    private static final Map<String, String> CONFIGS = Map.of(
            "simple", """
                    name: "simple"
                    platform: "onnxruntime_onnx"
                    max_batch_size: 8
                    input [ { name: "INPUT0" data_type: TYPE_INT32 dims: [ 16 ] },
                            { name: "INPUT1" data_type: TYPE_INT32 dims: [ 16 ] } ]
                    output [ { name: "OUTPUT0" data_type: TYPE_INT32 dims: [ 16 ] },
                             { name: "OUTPUT1" data_type: TYPE_INT32 dims: [ 16 ] } ]
                    """,
            "simple_string", """
                    max_batch_size: 8
                    input [ { name: "INPUT0" data_type: TYPE_STRING dims: [ 16 ] },
                            { name: "INPUT1" data_type: TYPE_STRING dims: [ 16 ] } ]
                    output { name: "OUTPUT0" data_type: TYPE_STRING dims: [ 16 ] }
                    """,
            "simple_sequence", """
                    name: "simple_sequence"
                    platform: "onnxruntime_onnx"
                    max_batch_size: 8
                    sequence_batching {
                      control_input [
                        { name: "START" control [ { kind: CONTROL_SEQUENCE_START int32_false_true: [ 0, 1 ] } ] },
                        { name: "READY" control [ { kind: CONTROL_SEQUENCE_READY int32_false_true: [ 0, 1 ] } ] }
                      ]
                    }
                    input { name: "INPUT" data_type: TYPE_INT32 dims: [ 1 ] }
                    output { name: "OUTPUT" data_type: TYPE_INT32 dims: [ 1 ] }
                    instance_group { kind: KIND_CPU }
                    """);

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<LogEvent> log = new CopyOnWriteArrayList<>();
    private @Nullable Engine engine;
    private @Nullable HttpDataPlane plane;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isDirectory(SHARED), "no ../shared/models beside the repository");
        Path repository = folder.resolve("repository");
        try (Stream<Path> tree = Files.walk(SHARED)) {
            for (Path path : tree.toList()) {
                Path target = repository.resolve(SHARED.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
        for (Map.Entry<String, String> config : CONFIGS.entrySet()) {
            Files.writeString(repository.resolve(config.getKey()).resolve("config.pbtxt"), config.getValue());
        }
        Engine started = Engine
                .start(new EngineConfig(repository, folder.resolve("state"), Limits.DEFAULT, log::add));
        engine = started;
        DataPlaneOptions options = new DataPlaneOptions("127.0.0.1", 0, 1, 1 << 20, 1 << 24, Duration.ofMinutes(1),
                Duration.ofSeconds(20));
        plane = HttpDataPlane
                .start(vertx,
                        Intake.of(started, ServerIdentity.named(ServerIdentity.DEFAULT_NAME), options.bodyBytesMax(),
                                new ConnectionFaults()),
                        options)
                .await(20, TimeUnit.SECONDS);
    }

    @AfterAll
    void stop() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
        if (engine != null) {
            engine.close();
        }
        client.close();
    }

    private HttpResponse<String> send(String path, @Nullable String body) throws Exception {
        int port = plane == null ? 0 : plane.port();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (body != null) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<String> response = send(path, null);
        assertEquals(200, response.statusCode(), response.body());
        return JSON.readTree(response.body());
    }

    private JsonNode infer(String model, String... inputs) throws Exception {
        HttpResponse<String> response = send("/v2/models/" + model + "/infer",
                "{\"inputs\":[" + String.join(",", inputs) + "]}");
        assertEquals(200, response.statusCode(), response.body());
        return JSON.readTree(response.body());
    }

    private static String input(String name, String datatype, String shape, String data) {
        return "{\"name\":\"" + name + "\",\"datatype\":\"" + datatype + "\",\"shape\":" + shape + ",\"data\":" + data
                + "}";
    }

    private static String numbers(int first) {
        return IntStream.range(first, first + 16).mapToObj(Integer::toString)
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void sumsAndDifferencesComeBackForEveryDatatype() throws Exception {
        for (String datatype : List.of("INT32", "INT8")) {
            JsonNode answer = infer(datatype.equals("INT32") ? "simple" : "simple_int8",
                    input("INPUT0", datatype, "[1,16]", numbers(20)), input("INPUT1", datatype, "[1,16]", numbers(1)));
            assertEquals(21 + 2 * 3, answer.get("outputs").get(0).get("data").get(3).asInt());
            assertEquals(19, answer.get("outputs").get(1).get("data").get(3).asInt());
        }
        String words = IntStream.range(0, 16).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(",", "[", "]"));
        JsonNode outputs = infer("simple_string", input("INPUT0", "BYTES", "[1,16]", words),
                input("INPUT1", "BYTES", "[1,16]", words)).get("outputs");
        assertEquals(1, outputs.size(), "its configuration serves one of the model's outputs");
        assertEquals("6", outputs.get(0).get("data").get(3).asText());
        assertEquals("[\"a\",\"b\"]", infer("simple_identity", input("INPUT0", "BYTES", "[1,2]", "[\"a\",\"b\"]"))
                .get("outputs").get(0).get("data").toString());
    }

    @Test
    void theConfigurationIsWhatIsInForce() throws Exception {
        JsonNode simple = get("/v2/models/simple/config");
        assertEquals(8, simple.get("max_batch_size").asInt());
        assertEquals("[16]", simple.get("input").get(0).get("dims").toString());
        assertEquals("TYPE_INT32", simple.get("input").get(0).get("data_type").asText());
        assertFalse(simple.has("dynamic_batching"), "Triton lets requests share a run only where this is said");
        assertEquals("[-1,16]", get("/v2/models/simple").get("inputs").get(0).get("shape").toString());
        assertEquals("TYPE_STRING",
                get("/v2/models/simple_string/versions/1/config").get("input").get(0).get("data_type").asText());
        JsonNode identity = get("/v2/models/simple_identity/config");
        assertEquals(0, identity.get("max_batch_size").asInt(), "nothing is declared, and strings are not batched");
        assertEquals("[-1,-1]", identity.get("input").get(0).get("dims").toString());
        JsonNode proven = get("/v2/models/simple_int8/config");
        assertEquals(proven.get("max_batch_size").asInt() > 0, proven.has("dynamic_batching"));
    }

    @Test
    void rowsOfOneRequestAreCounted() throws Exception {
        long before = count("simple", "inference_count");
        long runs = count("simple", "execution_count");
        infer("simple", input("INPUT0", "INT32", "[2,16]", "[" + numbers(0) + "," + numbers(0) + "]"),
                input("INPUT1", "INT32", "[2,16]", "[" + numbers(0) + "," + numbers(0) + "]"));
        assertEquals(before + 2, count("simple", "inference_count"));
        assertEquals(runs + 1, count("simple", "execution_count"));
    }

    private long count(String model, String what) throws Exception {
        return get("/v2/models/" + model + "/stats").get("model_stats").get(0).get(what).asLong();
    }

    /// Triton would keep the sequence and fill in its controls. Here a client that leaves them out is told so, and one that
    /// sends them is answered.
    @Test
    void aSequenceModelIsAPlainModelWhoseClientSendsTheControls() throws Exception {
        String value = input("INPUT", "INT32", "[1,1]", "[7]");
        HttpResponse<String> without = send("/v2/models/simple_sequence/infer",
                "{\"parameters\":{\"sequence_id\":5,\"sequence_start\":true},\"inputs\":[" + value + "]}");
        assertEquals(400, without.statusCode(), without.body());
        assertTrue(without.body().contains("is missing"), without.body());
        JsonNode answer = infer("simple_sequence", value, input("START", "INT32", "[1,1]", "[1]"),
                input("READY", "INT32", "[1,1]", "[1]"));
        assertEquals("[1,1]", answer.get("outputs").get(0).get("shape").toString());
        String ready = input("READY", "INT32", "[1,1]", "[1]");
        infer("simple_dyna_sequence", value, ready, input("START", "INT32", "[1,1]", "[1]"),
                input("END", "INT32", "[1,1]", "[0]"),
                input("CORRID", "UINT64", "[1,1]", "[18446744073709551615]"));
        assertTrue(log.stream().anyMatch(event -> event.model().equals("simple_sequence")
                && event.message().endsWith("config.pbtxt: without effect here: sequence_batching (line 4)")),
                log::toString);
        assertFalse(get("/v2/models/simple_sequence/config").has("sequence_batching"));
    }

    @Test
    void theIndexTellsWhatIsReady() throws Exception {
        JsonNode index = JSON.readTree(send("/v2/repository/index", "{}").body());
        for (JsonNode entry : index) {
            assertEquals("READY", entry.get("state").asText(), entry::toString);
        }
        assertEquals(9, index.size());
    }
}
