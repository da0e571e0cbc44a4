package dev.understudy.benchmarks.lane;

import com.sun.management.OperatingSystemMXBean;
import dev.understudy.benchmarks.ServerProcess;
import dev.understudy.benchmarks.Stage;
import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.Engine;
import dev.understudy.engine.EngineConfig;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.EngineStartException;
import dev.understudy.engine.Limits;
import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ShadowConfig;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.RequestIds;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.LedgerCounts;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// An engine in this process, with or without a challenger. Thread-safe at [#send].
public final class EngineSide implements Side {
    private static final long SHADOWING_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final String name;
    private final Subject subject;
    private final Stage stage;
    private final Engine engine;
    private final RequestIds ids = new RequestIds();
    private final Tensor input;

    /// How an engine is to be started.
    @FunctionalInterface
    public interface Setting {
        /// The configuration of an engine whose folders are the stage's.
        EngineConfig on(Stage stage);
    }

    private EngineSide(String name, Subject subject, Stage stage, Engine engine) {
        this.name = name;
        this.subject = subject;
        this.stage = stage;
        this.engine = engine;
        this.input = Tensor.ofFloats(subject.input(), Shape.of(subject.shape()), subject.values());
    }

    /// An engine that serves the subject alone, under defaults.
    ///
    /// @param mode how a challenger would be kept off
    static EngineSide alone(Mode mode, Subject subject) throws IOException {
        return alone(mode.label(), subject, mode);
    }

    private static EngineSide alone(String name, Subject subject, Mode mode) throws IOException {
        ShadowConfig shadow = new ShadowConfig(mode.isolation(), ShadowConfig.DEFAULT.maxDeviceShare());
        return alone(name, subject, "", stage -> new EngineConfig(stage.repository(), stage.state(), Limits.DEFAULT,
                shadow, event -> tell(name, event)));
    }

    /// An engine that serves the subject alone.
    ///
    /// @param modelYaml the model's configuration, or empty for none
    public static EngineSide alone(String name, Subject subject, String modelYaml, Setting setting)
            throws IOException {
        Stage stage = Stage.with(subject.name(), subject.model(), modelYaml);
        try {
            return new EngineSide(name, subject, stage, Engine.start(setting.on(stage)));
        } catch (EngineStartException e) {
            stage.close();
            throw new IOException("the engine does not start", e);
        }
    }

    /// Says what is worth a warning.
    public static void tell(String name, LogEvent event) {
        if (event.level() != Level.INFO) {
            System.err.println(name + ": " + event.message());
        }
    }

    /// An engine that does what the baseline does, under another name: how much two measurements of one thing differ.
    static EngineSide again(String name, Subject subject) throws IOException {
        return alone(name, subject, Mode.OFF);
    }

    /// An engine in which the same graph already shadows the champion; for [Mode#OFF], nobody does.
    static EngineSide of(Mode mode, Subject subject) throws IOException {
        EngineSide side = alone(mode.label(), subject, mode);
        if (mode != Mode.OFF) {
            side.dropChallenger();
            side.awaitShadowing();
        }
        return side;
    }

    /// Puts the challenger's file into the repository, and whole at once, as a careful person does.
    void dropChallenger() throws IOException {
        dropChallenger(1);
    }

    /// Puts in the challenger of this number, from 1: each has a version and bytes of its own.
    public void dropChallenger(int number) throws IOException {
        Path beside = Files.write(stage.folder().resolve("challenger.part"), subject.challenger(number));
        Files.move(beside, file(number));
    }

    /// Takes out the challenger of this number, which retires it soon.
    public void withdrawChallenger(int number) throws IOException {
        Files.delete(file(number));
    }

    private Path file(int number) {
        return stage.repository().resolve(subject.name()).resolve((number + 1) + ".onnx");
    }

    /// Waits for a challenger.
    ///
    /// @throws IOException when it is refused, or nothing happens for a minute
    public void awaitShadowing() throws IOException {
        long end = System.nanoTime() + SHADOWING_NANOS_MAX;
        while (!isShadowing()) {
            if (System.nanoTime() > end) {
                throw new IOException("the challenger does not come to shadow: " + status());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// Whether a challenger shadows.
    ///
    /// @throws IOException when one was refused
    public boolean isShadowing() throws IOException {
        for (ModelStatus.Challenger challenger : status().challengers()) {
            if (challenger.state() == ModelStatus.State.REFUSED) {
                throw new IOException("the challenger was refused: " + challenger.reason());
            }
            if (challenger.state() == ModelStatus.State.SHADOWING) {
                return true;
            }
        }
        return false;
    }

    /// What the engine says of the subject now.
    public ModelStatus status() {
        return engine.status(subject.name()).orElseThrow();
    }

    /// What the champion has done so far.
    public ServingStatistics statistics() {
        return engine.statistics().getFirst();
    }

    /// Chooses the share of requests that is mirrored.
    public void mirror(double rate) {
        engine.setSampling(subject.name(), rate);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String baseline() {
        return Mode.OFF.label();
    }

    @Override
    public void send(long dueNanos, Answers answers) {
        ask(outcome -> {
            switch (outcome) {
                case InferenceResponse _ -> answers.answered(dueNanos);
                case InferenceFailure failure when failure.kind() == InferenceFailure.Kind.UNAVAILABLE ->
                    answers.refused(dueNanos);
                case InferenceFailure failure -> throw new IllegalStateException("not answered: " + failure);
            }
        });
    }

    /// Sends the subject's request; `done` is called on the thread that answers.
    void ask(Consumer<InferenceOutcome> done) {
        ask(new InferenceRequest(subject.name(), null, nextId(), null, List.of(input), List.of(), null,
                System.nanoTime()), done);
    }

    /// Sends any request.
    void ask(InferenceRequest request, Consumer<InferenceOutcome> done) {
        engine.infer(request, done);
    }

    /// An id that no other request to this engine has.
    String nextId() {
        return ids.next();
    }

    @Override
    public void check() throws IOException {
        var unused = checked();
    }

    /// Does what [#check] does, and returns the answer.
    InferenceResponse checked() throws IOException {
        CompletableFuture<InferenceOutcome> answer = new CompletableFuture<>();
        ask(answer::complete);
        if (!(answer.join() instanceof InferenceResponse response) || !subject.isAnsweredBy(floats(response))) {
            throw new IOException(name + " answers wrongly: " + answer.join());
        }
        return response;
    }

    /// The output that is checked.
    float[] floats(InferenceResponse response) {
        for (Tensor output : response.outputs()) {
            if (output.name().equals(subject.output())) {
                return output.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            }
        }
        return new float[0];
    }

    @Override
    public double cpuSeconds() {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return system.getProcessCpuTime() / (double) TimeUnit.SECONDS.toNanos(1);
    }

    @Override
    public boolean inProcess() {
        return true;
    }

    @Override
    public Shadowed shadowed() {
        Shadowed sum = Shadowed.NONE;
        for (ModelStatus.Challenger challenger : status().challengers()) {
            sum = sum.plus(shadowed(challenger.ledger()));
        }
        return sum;
    }

    @Override
    public DeviceSeconds deviceSeconds() {
        ModelStatus status = status();
        return new DeviceSeconds(status.effect().deviceSeconds(),
                status.challengers().stream().mapToDouble(each -> each.effort().deviceSeconds()).sum());
    }

    private static Shadowed shadowed(LedgerCounts counts) {
        Map<String, Long> lost = new TreeMap<>();
        counts.shed().forEach((reason, count) -> lost.put(reason.label(), count));
        counts.failed().forEach((reason, count) -> lost.put(reason.label(), count));
        return Shadowed.of(counts.served(), counts.sampled(), counts.compared(), lost, counts.inFlight());
    }

    @Override
    public long residentBytes() throws IOException {
        return ServerProcess.residentBytes(ProcessHandle.current().pid());
    }

    @Override
    public void close() throws IOException {
        engine.close();
        stage.close();
    }
}
