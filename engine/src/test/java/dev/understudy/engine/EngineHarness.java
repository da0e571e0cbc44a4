package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.RequestIds;
import dev.understudy.models.Digit;
import dev.understudy.models.Digits;
import dev.understudy.runtime.Isolation;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.LedgerCounts;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// A real engine on a temporary repository, and real digits to ask it about.
///
/// Its challengers are not kept off the champion unless a test says so: on a machine that is busy with other things, lanes that
/// only take what nobody else wants may get nothing for longer than a test can wait.
final class EngineHarness implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Path MODELS = Path.of("..", "models");
    private static final List<Digit> DIGITS = Digits.load().heldOut();

    final Path repository;
    final Path state;
    final List<LogEvent> log = new CopyOnWriteArrayList<>();
    private final ShadowConfig shadow;
    private final RequestIds ids = new RequestIds();
    private Engine engine;

    /// A repository with one model, `digits`, whose champion is the committed one.
    ///
    /// @param modelYaml the model's configuration
    EngineHarness(Path folder, String modelYaml) throws IOException, EngineStartException {
        this(folder, modelYaml, Limits.DEFAULT);
    }

    EngineHarness(Path folder, String modelYaml, Limits limits) throws IOException, EngineStartException {
        this(folder, modelYaml, limits, Isolation.NONE);
    }

    EngineHarness(Path folder, String modelYaml, Limits limits, Isolation isolation)
            throws IOException, EngineStartException {
        shadow = new ShadowConfig(isolation, 1);
        repository = Files.createDirectories(folder.resolve("repository"));
        state = folder.resolve("state");
        Path digits = Files.createDirectories(repository.resolve("digits"));
        Files.copy(MODELS.resolve("repository/digits/1.onnx"), digits.resolve("1.onnx"));
        Files.writeString(digits.resolve("model.yaml"), modelYaml);
        engine = Engine.start(new EngineConfig(repository, state, limits, shadow, log::add));
    }

    Engine engine() {
        return engine;
    }

    void restart() throws EngineStartException {
        engine.close();
        engine = Engine.start(new EngineConfig(repository, state, Limits.DEFAULT, shadow, log::add));
    }

    /// The committed champion under other bytes.
    static byte[] twin() throws IOException {
        byte[] model = Files.readAllBytes(MODELS.resolve("repository/digits/1.onnx"));
        // Field 6 of ONNX's `ModelProto`, a document string, of one letter.
        byte[] twin = Arrays.copyOf(model, model.length + 3);
        System.arraycopy(new byte[]{0x32, 1, 'x'}, 0, twin, model.length, 3);
        return twin;
    }

    /// Copies a file of `models/challengers` into the watched folder, as a user would.
    void drop(String challenger, String as) throws IOException {
        Files.copy(MODELS.resolve("challengers").resolve(challenger), repository.resolve("digits").resolve(as));
    }

    /// Asks about the held-out digit of this number and waits for the answer.
    InferenceOutcome ask(int digit) {
        CompletableFuture<InferenceOutcome> answer = new CompletableFuture<>();
        engine.infer(request(digit), answer::complete);
        return answer.join();
    }

    InferenceRequest request(int digit) {
        return request("digits", digit);
    }

    /// The same of another model that takes digits.
    InferenceRequest request(String model, int digit) {
        float[] pixels = DIGITS.get(digit % DIGITS.size()).pixels();
        return new InferenceRequest(model, null, ids.next(), null,
                List.of(Tensor.ofFloats("image", Shape.of(1, Digits.PIXELS), pixels)), List.of(), null,
                System.nanoTime());
    }

    /// The bytes of the champion's answers to the first `count` digits, one after the other.
    List<String> answers(int count) {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(switch (ask(i)) {
                case InferenceResponse response -> HexFormat.of()
                        .formatHex(response.outputs().getFirst().data().toArray(ValueLayout.JAVA_BYTE));
                case InferenceFailure failure -> failure.toString();
            });
        }
        return answers;
    }

    ModelStatus model() {
        return engine.status("digits").orElseThrow();
    }

    Optional<ModelStatus.Challenger> challenger(String version) {
        return model().challengers().stream().filter(c -> c.version().equals(version)).findFirst();
    }

    ModelStatus.Challenger awaitState(String version, ModelStatus.State state) {
        await(() -> challenger(version).filter(c -> c.state() == state).isPresent(),
                () -> version + " is not " + state + ": " + model() + " log " + log);
        return challenger(version).orElseThrow();
    }

    /// The challenger's account once nothing is in flight and `sampled` requests were.
    LedgerCounts awaitDrained(String version, long sampled) {
        await(() -> {
            LedgerCounts counts = challenger(version).orElseThrow().ledger();
            return counts.inFlight() == 0 && counts.sampled() >= sampled;
        }, () -> "not drained: " + model());
        return challenger(version).orElseThrow().ledger();
    }

    /// Waits for a fact; the patience only bounds a failure.
    static void await(BooleanSupplier fact, Supplier<String> otherwise) {
        long start = System.nanoTime();
        while (!fact.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new AssertionError(otherwise.get());
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
