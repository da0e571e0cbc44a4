package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.RequestIds;
import dev.understudy.model.SharedModels;
import dev.understudy.runtime.Isolation;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.LedgerCounts;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Real models made by others, all in one repository of one engine: each is champion of a model of its own, and the same
/// bytes rehearse as its version 2. Skipped where those models are not beside the repository.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedModelsTest {
    private static final int REQUESTS = 3;

    /// What the protocol cannot carry, and what does not load; with a part of the reason.
    private static final Map<String, String> UNSERVABLE = Map.of(
            "mnist/tribuo_lr_mnist", "output 'output_probability' is not a tensor but sequence",
            "vespa/mnist_softmax", "ONNX Runtime cannot load it");

    /// Further versions of a model, from 3 on.
    private static final Map<String, List<String>> CHALLENGERS = Map.of(
            "silero-vad/silero_vad_v5", List.of("silero-vad/silero_vad_v6", "silero-vad/silero_vad_legacy"),
            "mnist/mnist_cntk", List.of("mnist/wonnx_opt_mnist"),
            "light/light_resnet50", List.of("light/light_shufflenet"),
            "triton/simple", List.of("triton/onnx_float32_int32_int32"),
            "vespa/dummy_transformer", List.of("vespa/dummy_transformer_without_type_ids"));

    private final Map<String, Path> files = new TreeMap<>();
    private final RequestIds ids = new RequestIds();
    private Path repository = Path.of("");
    private @Nullable Engine started;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, EngineStartException {
        Path shared = SharedModels.folder();
        repository = Files.createDirectories(folder.resolve("repository"));
        for (Path file : SharedModels.all()) {
            files.put(shared.relativize(file).toString().replaceFirst("(/1/model)?\\.onnx$", ""), file);
        }
        for (String name : files.keySet()) {
            put(name, "1", name);
            if (!UNSERVABLE.containsKey(name)) {
                put(name, "2", name);
            }
            List<String> challengers = CHALLENGERS.getOrDefault(name, List.of());
            for (int i = 0; i < challengers.size(); i++) {
                put(name, Integer.toString(i + 3), challengers.get(i));
            }
        }
        Limits limits = Limits.DEFAULT;
        started = Engine.start(new EngineConfig(repository, folder.resolve("state"),
                new Limits(limits.requestBytesMax(), limits.admissionBytesMax(), limits.modelMemoryBytesMax(),
                        limits.shadowQueueRowsMax(), limits.shadowQueueBytesMax(), limits.shadowBytesMax(),
                        limits.shadowAgeMax(),
                        limits.shadowBatchRowsMax(), limits.shadowBatchDelayMax(), limits.shadowBatchTimeMax(),
                        limits.challengerRunMax(),
                        limits.comparerQueueRunsMax(), 100, limits.probationMax(), limits.drainMax(),
                        limits.journalRowsMax(), limits.answersMax(), limits.capturesMax(), limits.captureSampleMax(),
                        limits.captureBytesMax(),
                        limits.objectBytesMax(), limits.secondSessionsBytesMax()),
                new ShadowConfig(Isolation.NONE, 1), event -> {}));
    }

    /// Copies a model and the files beside it.
    private void put(String model, String version, String source) throws IOException {
        Path target = Files.createDirectories(repository.resolve(hosted(model)).resolve(version));
        Path file = Objects.requireNonNull(files.get(source), source);
        Files.copy(file, target.resolve("model.onnx"));
        if (file.endsWith("1/model.onnx")) {
            try (Stream<Path> beside = Files.list(file.getParent())) {
                for (Path side : beside.filter(path -> !path.equals(file)).toList()) {
                    Files.copy(side, target.resolve(side.getFileName()));
                }
            }
        }
    }

    private static String hosted(String name) {
        return name.replace('/', '.');
    }

    @AfterAll
    void stop() {
        if (started != null) {
            started.close();
        }
    }

    private Engine engine() {
        return Objects.requireNonNull(started);
    }

    @Test
    void everyModelThatRunsAnswersAndAgreesWithItself() {
        List<String> servable = files.keySet().stream().filter(name -> !UNSERVABLE.containsKey(name)).toList();
        assertTrue(servable.size() > 40, servable::toString);
        servable.forEach(name -> challenger(name, "2", State.SHADOWING));
        Map<String, Long> sampled = new TreeMap<>();
        for (String name : servable) {
            sampled.put(name, counts(name, "2").sampled() + REQUESTS);
            for (int i = 0; i < REQUESTS; i++) {
                ask(name, inputs(name, i));
            }
        }
        for (Map.Entry<String, Long> expected : sampled.entrySet()) {
            LedgerCounts counts = drained(expected.getKey(), "2", expected.getValue());
            assertEquals(counts.sampled(), counts.compared(), () -> expected.getKey() + " " + counts);
            ModelStatus.Challenger itself = challenger(expected.getKey(), "2", State.SHADOWING);
            assertEquals(1.0, itself.agreement().rate(), () -> expected.getKey() + " " + itself);
        }
    }

    @Test
    void whatCannotBeServedIsRefusedWithItsReasonAndHurtsNobody() {
        UNSERVABLE.forEach((name, reason) -> {
            assertInstanceOf(ModelLookup.Refused.class, engine().lookup(hosted(name), null));
            RepositoryEntry entry = engine().repositoryIndex().stream()
                    .filter(candidate -> candidate.name().equals(hosted(name))).findFirst().orElseThrow();
            assertEquals(RepositoryEntry.State.UNAVAILABLE, entry.state());
            assertTrue(entry.reason().contains(reason), entry.reason());
            assertFalse(entry.reason().contains("/"), entry.reason());
        });
        assertTrue(engine().ready());
    }

    @Test
    void aRealUpgradeWhoseStateGoesRoundThroughTheClientDiffersSomewhere() {
        String name = "silero-vad/silero_vad_v5";
        String legacy = challenger(name, "4", State.REFUSED).reason();
        assertTrue(legacy.startsWith("it does not take the champion's input 'state'; it takes 'input', "), legacy);
        challenger(name, "3", State.SHADOWING);
        challenger(name, "2", State.SHADOWING);
        long sampled = counts(name, "3").sampled();
        Tensor state = Tensor.ofFloats("state", Shape.of(2, 1, 128), new float[256]);
        for (int step = 0; step < 20; step++) {
            List<Tensor> inputs = new ArrayList<>(inputs(name, step));
            inputs.removeIf(input -> input.name().equals("state"));
            inputs.add(state);
            InferenceResponse answer = ask(name, inputs);
            state = answer.outputs().stream().filter(output -> output.name().equals("stateN")).findFirst()
                    .orElseThrow().renamed("state");
            assertEquals(Shape.of(2, 1, 128), state.shape());
        }
        assertTrue(drained(name, "3", sampled + 20).compared() >= 20);
        ModelStatus.Challenger upgrade = challenger(name, "3", State.SHADOWING);
        assertTrue(upgrade.agreement().agreed() < upgrade.agreement().compared(), upgrade::toString);
        drained(name, "2", sampled + 20);
        assertEquals(1.0, challenger(name, "2", State.SHADOWING).agreement().rate(), "the same bytes agree on states");
    }

    @Test
    void anOptimisedGraphAgreesWithItsOriginal() {
        String name = "mnist/mnist_cntk";
        challenger(name, "3", State.SHADOWING);
        long sampled = counts(name, "3").sampled();
        for (int i = 0; i < 20; i++) {
            ask(name, inputs(name, i));
        }
        drained(name, "3", sampled + 20);
        ModelStatus.Challenger optimised = challenger(name, "3", State.SHADOWING);
        assertTrue(optimised.agreement().compared() >= 20);
        assertEquals(1.0, optimised.agreement().rate(), optimised::toString);
    }

    @Test
    void challengersThatTakeOtherInputsAreRefusedByTheInput() {
        assertEquals("input 'INPUT0': the champion takes INT32[-1,16], it takes only FP32[-1,16]",
                challenger("triton/simple", "3", State.REFUSED).reason());
        String reason = challenger("vespa/dummy_transformer", "3", State.REFUSED).reason();
        assertTrue(reason.startsWith("it does not take the champion's input 'token_type_ids'"), reason);
    }

    @Test
    void weightsBesideTheModelMayBeTruncatedWhileItIsServed() throws IOException {
        String name = "vespa/external_data";
        List<Tensor> inputs = inputs(name, 0);
        String before = hex(ask(name, inputs));
        Path side = repository.resolve(hosted(name)).resolve("1/external_data.bin");
        Files.write(side, new byte[0]);
        assertEquals(before, hex(ask(name, inputs)));
        Files.delete(side);
        assertEquals(before, hex(ask(name, inputs)));
        assertTrue(engine().ready());
    }

    private static String hex(InferenceResponse response) {
        return HexFormat.of().formatHex(response.outputs().getFirst().data().toArray(ValueLayout.JAVA_BYTE));
    }

    private InferenceResponse ask(String name, List<Tensor> inputs) {
        CompletableFuture<InferenceOutcome> answer = new CompletableFuture<>();
        engine().infer(new InferenceRequest(hosted(name), null, ids.next(), null, inputs, List.of(), null,
                System.nanoTime()), answer::complete);
        InferenceOutcome outcome = answer.join();
        return assertInstanceOf(InferenceResponse.class, outcome, () -> name + ": " + outcome);
    }

    /// Inputs made up from the signature the engine shows.
    private List<Tensor> inputs(String name, int number) {
        ModelLookup lookup = engine().lookup(hosted(name), null);
        ModelMetadata metadata = assertInstanceOf(ModelLookup.Serving.class, lookup, lookup::toString).metadata();
        return SharedModels.inputs(name, metadata.inputs(), number);
    }

    private ModelStatus.Challenger challenger(String name, String version, State state) {
        EngineHarness.await(() -> find(name, version).state() == state, () -> version + " of " + name + " is not "
                + state + ": " + engine().status(hosted(name)));
        return find(name, version);
    }

    private ModelStatus.Challenger find(String name, String version) {
        return engine().status(hosted(name)).orElseThrow().challengers().stream()
                .filter(challenger -> challenger.version().equals(version)).findFirst().orElseThrow();
    }

    private LedgerCounts counts(String name, String version) {
        return find(name, version).ledger();
    }

    private LedgerCounts drained(String name, String version, long sampled) {
        EngineHarness.await(() -> counts(name, version).inFlight() == 0 && counts(name, version).sampled() >= sampled,
                () -> "not drained: " + engine().status(hosted(name)));
        return counts(name, version);
    }
}
