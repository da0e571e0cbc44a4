package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.OutputNoise;
import dev.understudy.diff.Tolerance;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.RequestIds;
import dev.understudy.journal.JournalEvent;
import dev.understudy.journal.JournalEvent.Kind;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.TestGraph;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.Pair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `tolerance: auto` on the real engine, with a model whose answers depend on the batch they are in: dynamic int8, whose scale is
/// taken over the whole batch. The challenger computes the same in one node more, so all it differs by is that noise.
class ToleranceEndToEndTest {
    private static final long SEED = 20_261_126;
    private static final int BURST = 8;
    private static final int WIDTH = 8;
    private static final String AUTO = "{rule: close, tolerance: auto}";

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final RequestIds ids = new RequestIds();
    private final List<LogEvent> log = new CopyOnWriteArrayList<>();
    private final Path repository;
    private final Path model;
    private final Path state;
    private Engine engine;

    ToleranceEndToEndTest(@TempDir Path folder) throws Exception {
        repository = folder.resolve("repository");
        model = Files.createDirectories(repository.resolve("m"));
        state = folder.resolve("state");
        quantised().node("out", "MatMul", List.of("x", "w")).write(model.resolve("1.onnx"));
        quantised().node("y", "MatMul", List.of("x", "w")).node("out", "Identity", List.of("y"))
                .write(model.resolve("2.onnx"));
        configure(AUTO);
        engine = start();
    }

    private static TestGraph quantised() {
        float[] weights = new float[WIDTH * 2];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (i % 5 - 2) / 4f;
        }
        return new TestGraph().input("in", DataType.FP32, "n", "8").output("out", DataType.FP32, "n", "2")
                .floats("w", weights, WIDTH, 2)
                .node(List.of("q", "scale", "zero"), "DynamicQuantizeLinear", List.of("in"))
                .node("x", "DequantizeLinear", List.of("q", "scale", "zero"));
    }

    private void configure(String rule) throws Exception {
        Files.writeString(model.resolve("model.yaml"), """
                max_batch_size: 8
                comparators:
                  out: %s
                criteria:
                  promote_when:
                  - agreement: {at_least: 95%%}
                  noise_floor: {rerun_champion: 100%%, rerun_challenger: 0%%}
                """.formatted(rule));
    }

    private Engine start() throws EngineStartException {
        return Engine.start(new EngineConfig(repository, state, Limits.DEFAULT, new ShadowConfig(Isolation.NONE, 1),
                log::add));
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void aToleranceIsMeasuredFrozenAndInForceFromThenOn() throws Exception {
        Pair before = shadowing();
        assertEquals("calibrating, 0 of 500", noise().label());
        EngineHarness.await(() -> asked() >= 100, () -> "nothing is measured: " + status());
        NoiseStatus measuring = noise();
        assertFalse(measuring.calibrated());
        assertEquals("calibrating, " + measuring.floor().pairs() + " of 500", measuring.label());

        restart();
        assertEquals(before, shadowing(), "the default tolerance is in force until it is calibrated");
        assertTrue(noise().floor().pairs() >= measuring.floor().pairs(), "what was measured is kept");

        EngineHarness.await(() -> asked() >= NoiseFloor.PAIRS_MAX && noise().calibrated(),
                () -> "not calibrated: " + status());
        EngineHarness.await(() -> !challenger().pair().orElseThrow().equals(before)
                && challenger().state() == State.SHADOWING, () -> "no new evaluation: " + status());
        Pair after = shadowing();
        OutputNoise measured = noise().floor().outputs().getFirst();
        assertTrue(measured.nearlyAll() > 1, () -> "int8 is noisier than the default tolerance: " + measured);
        Tolerance derived = Objects.requireNonNull(noise().floor().tolerances().get("out"));
        assertEquals(2 * measured.nearlyAll() * 1e-5, derived.atol(), derived.atol() * 1e-12);
        assertEquals(2 * measured.nearlyAll() * 1e-4, derived.rtol(), derived.rtol() * 1e-12);
        assertTheNoiseNoLongerCounts(before, after);
        assertTheRecordSaysSo(derived);

        restart();
        assertTrue(noise().calibrated(), "the frozen tolerance is used at once");
        assertEquals(List.of(measured), noise().floor().outputs());
        assertEquals(after, shadowing());

        String offer = noise().offer(measured).orElseThrow();
        configure(offer.substring(offer.indexOf('{')));
        EngineHarness.await(() -> noise().automatic().isEmpty(), () -> "not read: " + status());
        assertEquals(after, shadowing(), "what is offered means the same when it is written in model.yaml");
    }

    @Test
    void aNewChampionIsMeasuredAnew() throws Exception {
        shadowing();
        EngineHarness.await(() -> asked() >= NoiseFloor.PAIRS_MAX && noise().calibrated(),
                () -> "not calibrated: " + status());
        engine.close();
        Files.delete(state.resolve("roles/m"));
        Path first = repository.resolveSibling("1.onnx");
        Files.move(model.resolve("1.onnx"), first);
        engine = start();
        assertEquals("2", status().champion().orElseThrow().version());
        assertEquals("calibrating, 0 of 500", noise().label());
        engine.close();
        Files.delete(state.resolve("roles/m"));
        Files.move(first, model.resolve("1.onnx"));
        engine = start();
        assertEquals("1", status().champion().orElseThrow().version());
        assertTrue(noise().calibrated(), "the one before comes back with what was known of it");
    }

    @Test
    void aDamagedRecordIsSaidAndMeasuredAnew() throws Exception {
        Pair pair = shadowing();
        EngineHarness.await(() -> asked() > 0, () -> "nothing is measured: " + status());
        engine.close();
        Files.writeString(state.resolve("noise").resolve(pair.champion()).resolve("m"), "something else");
        engine = start();
        assertEquals("calibrating, 0 of 500", noise().label());
        assertTrue(log.stream().anyMatch(event -> event.message().contains("measured anew")), log::toString);
    }

    /// Under the default tolerance the noise was held against the challenger; under the derived one it is not.
    private void assertTheNoiseNoLongerCounts(Pair before, Pair after) throws Exception {
        EngineHarness.await(() -> {
            burst();
            return challenger().agreement().compared() >= 200;
        }, () -> "nothing is compared: " + status());
        Agreement now = challenger().agreement();
        assertTrue(now.agreed() >= 0.99 * now.compared(), now::toString);
        Agreement then = engine.journal().evaluation(before).orElseThrow().agreement();
        assertTrue(then.compared() > 0 && then.agreed() < 0.9 * then.compared(), then::toString);
        assertNotEquals(before.rules(), after.rules());
    }

    private void assertTheRecordSaysSo(Tolerance derived) throws Exception {
        assertTrue(engine.journal().flush());
        List<JournalEvent> events = engine.journal().events("m", 100).stream()
                .filter(event -> event.kind() == Kind.TOLERANCE).toList();
        assertEquals(1, events.size(), events::toString);
        assertEquals("Noise floor of the champion's first 500 second runs: tolerance: auto of \"out\" is atol "
                + derived.atol() + ", rtol " + derived.rtol() + ".", events.getFirst().detail());
    }

    private void restart() throws EngineStartException {
        engine.close();
        engine = start();
    }

    private ModelStatus status() {
        return engine.status("m").orElseThrow();
    }

    private NoiseStatus noise() {
        return status().noise();
    }

    private ModelStatus.Challenger challenger() {
        return status().challengers().getFirst();
    }

    private Pair shadowing() {
        EngineHarness.await(() -> challenger().state() == State.SHADOWING, () -> "not shadowing: " + status() + log);
        return challenger().pair().orElseThrow();
    }

    /// Asks a few things at once and says how many pairs are measured by now.
    private int asked() {
        burst();
        return noise().floor().pairs();
    }

    private void burst() {
        List<CompletableFuture<InferenceOutcome>> answers = new ArrayList<>();
        for (int i = 0; i < BURST; i++) {
            float[] values = new float[WIDTH];
            for (int j = 0; j < WIDTH; j++) {
                values[j] = (float) random.nextGaussian();
            }
            CompletableFuture<InferenceOutcome> answer = new CompletableFuture<>();
            engine.infer(new InferenceRequest("m", null, ids.next(), null,
                    List.of(Tensor.ofFloats("in", Shape.of(1, WIDTH), values)), List.of(), null, System.nanoTime()),
                    answer::complete);
            answers.add(answer);
        }
        answers.forEach(answer -> assertTrue(answer.join() instanceof InferenceResponse, answer::toString));
    }
}
