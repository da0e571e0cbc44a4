package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.models.SyntheticModels;
import dev.understudy.runtime.TestGraph;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a repository made for Triton means to the real engine.
class TritonRepositoryTest {
    private final Path repository;
    private final Path state;
    private final List<LogEvent> log = new CopyOnWriteArrayList<>();

    TritonRepositoryTest(@TempDir Path folder) throws IOException {
        repository = Files.createDirectories(folder.resolve("repository"));
        state = folder.resolve("state");
    }

    private Engine start() throws EngineStartException {
        return Engine.start(new EngineConfig(repository, state, Limits.DEFAULT, log::add));
    }

    /// `in` to `out`, FP32[n,2], other bytes for every version.
    private void version(String model, int version) throws IOException {
        Path folder = Files.createDirectories(repository.resolve(model).resolve(Integer.toString(version)));
        TestGraph graph = new TestGraph().input("in", DataType.FP32, "n", "2").output("out", DataType.FP32, "n", "2");
        graph.floats("version", new float[]{version}, 1).node("out", "Add", List.of("in", "version"))
                .write(folder.resolve("model.onnx"));
    }

    private void config(String model, String text) throws IOException {
        Files.createDirectories(repository.resolve(model));
        Files.writeString(repository.resolve(model).resolve("config.pbtxt"), text);
    }

    private static String champion(Engine engine, String model) {
        return engine.status(model).flatMap(ModelStatus::champion).map(ModelStatus.Version::version).orElse("none");
    }

    private static Map<String, State> challengers(Engine engine, String model) {
        return engine.status(model).orElseThrow().challengers().stream()
                .filter(challenger -> challenger.state() != State.RETIRED)
                .collect(Collectors.toMap(ModelStatus.Challenger::version, ModelStatus.Challenger::state));
    }

    private static void awaitChallengers(Engine engine, String model, Map<String, State> expected) {
        EngineHarness.await(() -> challengers(engine, model).equals(expected),
                () -> "" + engine.status(model).orElseThrow());
    }

    private static InferenceOutcome ask(Engine engine, String model, Tensor input) {
        CompletableFuture<InferenceOutcome> answer = new CompletableFuture<>();
        engine.infer(new InferenceRequest(model, null, "r", null, List.of(input), List.of(), null, System.nanoTime()),
                answer::complete);
        return answer.join();
    }

    private static String absence(Engine engine, String model) {
        return assertInstanceOf(ModelLookup.Refused.class, engine.lookup(model, null)).failure().message();
    }

    @Test
    void aModelWhoseConfigurationTritonWouldRefuseIsNotServedAndSaysWhy() throws Exception {
        Map<String, String> reasons = Map.of(
                "name", "config.pbtxt cannot be used: line 1, column 1: name is 'other', but the folder is 'name'",
                "platform", "config.pbtxt cannot be used: line 1, column 1: platform is 'pytorch_libtorch'",
                "syntax", "config.pbtxt cannot be used: line 2, column 1: ",
                "dims", "config.pbtxt says [-1,3] (rows first) for input 'in', the model has [-1,2]",
                "datatype", "config.pbtxt says INT32 for output 'out', the model has FP32",
                "warmup", "it failed on the model_warmup sample 'cold': ");
        config("name", "name: 'other'");
        config("platform", "platform: 'pytorch_libtorch'");
        config("syntax", "input {\n");
        config("dims", "max_batch_size: 4 input { name: 'in' data_type: TYPE_FP32 dims: 3 }");
        config("datatype", "output { name: 'out' data_type: TYPE_INT32 dims: [ -1, 2 ] }");
        config("warmup", "model_warmup { name: 'cold' inputs { key: 'in' value { data_type: TYPE_FP32 dims: [ 1, 7 ]"
                + " zero_data: true } } }");
        for (String model : reasons.keySet()) {
            version(model, 1);
        }
        config("empty", "name: 'empty' platform: 'ensemble'");
        version("good", 1);
        try (Engine engine = start()) {
            assertEquals("1", champion(engine, "good"));
            reasons.forEach((model, reason) -> assertTrue(absence(engine, model).contains(reason),
                    () -> absence(engine, model)));
            RepositoryEntry empty = engine.repositoryIndex().stream().filter(entry -> entry.name().equals("empty"))
                    .findFirst().orElseThrow();
            assertEquals(RepositoryEntry.State.UNAVAILABLE, empty.state());
            assertTrue(empty.reason().contains("platform is 'ensemble'"), empty.reason());

            config("platform", "platform: 'onnxruntime_onnx'");
            EngineHarness.await(() -> champion(engine, "platform").equals("1"),
                    () -> "not served after its configuration was mended: " + engine.status("platform"));
            config("platform", "platform: 'pytorch_libtorch'");
            EngineHarness.await(() -> !engine.status("platform").orElseThrow().alerts().isEmpty(), () -> "no alert");
            assertEquals("1", champion(engine, "platform"), "who serves goes on serving");
        }
    }

    @Test
    void theVersionPolicyDecidesWhoIsLetInAndTheHighestIsFirst() throws Exception {
        for (int version = 1; version <= 3; version++) {
            version("latest", version);
            version("specific", version);
            version("unstated", version);
        }
        config("latest", "version_policy { latest { num_versions: 2 } }");
        config("specific", "version_policy { specific { versions: [ 1, 2 ] } }");
        config("unstated", "");
        try (Engine engine = start()) {
            assertEquals("3", champion(engine, "latest"));
            assertEquals("2", champion(engine, "specific"));
            assertEquals("3", champion(engine, "unstated"));
            awaitChallengers(engine, "latest", Map.of("2", State.SHADOWING, "1", State.REFUSED));
            awaitChallengers(engine, "specific", Map.of("1", State.SHADOWING, "3", State.REFUSED));
            awaitChallengers(engine, "unstated", Map.of("1", State.SHADOWING, "2", State.SHADOWING));
            assertEquals("config.pbtxt's version_policy leaves it out: specific { versions: [1, 2] }",
                    engine.status("specific").orElseThrow().challengers().stream()
                            .filter(challenger -> challenger.version().equals("3")).findFirst().orElseThrow().reason());

            version("latest", 4);
            awaitChallengers(engine, "latest",
                    Map.of("4", State.SHADOWING, "2", State.REFUSED, "1", State.REFUSED));
            assertEquals("3", champion(engine, "latest"));
            config("specific", "version_policy { specific { versions: 3 } }");
            awaitChallengers(engine, "specific", Map.of("1", State.REFUSED, "3", State.SHADOWING));
            assertEquals("2", champion(engine, "specific"), "the champion stays whatever the policy says");
        }
        try (Engine engine = start()) {
            assertEquals("2", champion(engine, "specific"), "also after a restart");
            awaitChallengers(engine, "specific", Map.of("1", State.REFUSED, "3", State.SHADOWING));
            assertEquals(List.of(), engine.status("specific").orElseThrow().alerts());
        }
    }

    @Test
    void whatHasNoEffectIsOneWarningAndTheModelIsServed() throws Exception {
        version("m", 1);
        config("m", "response_cache { enable: true }\nparameters { key: 'a' value { } }\n");
        Files.writeString(repository.resolve("m/model.yaml"), "sampling: {rate: 0.5}\n");
        try (Engine engine = start()) {
            assertEquals("1", champion(engine, "m"));
            String warning = "config.pbtxt: without effect here: parameters (line 2), response_cache (line 1)";
            assertEquals(List.of(warning), engine.status("m").orElseThrow().alerts());
            Files.writeString(repository.resolve("m/model.yaml"), "sampling: {rate: 0.25}\n");
            EngineHarness.await(() -> engine.status("m").orElseThrow().sampleRate() == 0.25, () -> "not taken");
            assertEquals(1, log.stream().filter(event -> event.message().contains("without effect")).count(),
                    log::toString);
        }
    }

    @Test
    void reshapedTensorsRehearseInTheModelsShape() throws Exception {
        Files.createDirectories(repository.resolve("image/1"));
        TestGraph.identity(DataType.FP32, "1", "2", "2").write(repository.resolve("image/1/model.onnx"));
        config("image",
                """
                        input { name: "in" data_type: TYPE_FP32 format: FORMAT_NHWC dims: [ 2, 2 ] reshape { shape: [ 1, 2, 2 ] } }
                        output { name: "out" data_type: TYPE_FP32 dims: 4 reshape { shape: [ 1, 2, 2 ] } }
                        model_warmup { name: "w" inputs { key: "in" value { data_type: TYPE_FP32 dims: [ 2, 2 ] random_data: true } } }
                        """);
        try (Engine engine = start()) {
            Files.createDirectories(repository.resolve("image/2"));
            new TestGraph().input("in", DataType.FP32, "1", "2", "2").output("out", DataType.FP32, "1", "2", "2")
                    .node("twice", "Neg", List.of("in")).node("out", "Neg", List.of("twice"))
                    .write(repository.resolve("image/2/model.onnx"));
            awaitChallengers(engine, "image", Map.of("2", State.SHADOWING));
            for (int i = 0; i < 20; i++) {
                InferenceOutcome outcome = ask(engine, "image", Tensor.ofFloats("in", Shape.of(2, 2), i, 2, 3, 4));
                assertEquals("out FP32[4]",
                        assertInstanceOf(InferenceResponse.class, outcome).outputs().getFirst().toString());
            }
            EngineHarness.await(() -> engine.status("image").orElseThrow().challengers().getFirst().agreement()
                    .compared() == 20, () -> "" + engine.status("image"));
            assertEquals(20, engine.status("image").orElseThrow().challengers().getFirst().agreement().agreed());
            assertEquals("FORMAT_NHWC", assertInstanceOf(ModelLookup.Serving.class, engine.lookup("image", null))
                    .metadata().config().inputs().getFirst().format());
        }
    }

    @Test
    void requestsShareRunsUpToWhatIsConfigured() throws Exception {
        Files.createDirectories(repository.resolve("m/1"));
        Files.write(repository.resolve("m/1/model.onnx"), SyntheticModels.identity(2));
        config("m",
                "max_batch_size: 8 dynamic_batching { preferred_batch_size: [ 4 ] max_queue_delay_microseconds: 50 }");
        try (Engine engine = start()) {
            ModelMetadata metadata = assertInstanceOf(ModelLookup.Serving.class, engine.lookup("m", null)).metadata();
            assertEquals(8, metadata.config().maxBatchSize());
            assertTrue(metadata.config().sharesRuns());
            assertEquals(List.of(4), metadata.config().preferredBatchSizes());
            assertEquals(50, metadata.config().maxQueueDelayMicroseconds());
        }
    }
}
