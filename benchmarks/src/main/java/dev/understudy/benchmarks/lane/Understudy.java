package dev.understudy.benchmarks.lane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.benchmarks.ServerProcess;
import dev.understudy.benchmarks.ServerProcess.Launch;
import dev.understudy.benchmarks.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// `understudy serve` in a process of its own, as its users start it, with its questions asked over HTTP. Not thread-safe;
/// owned by the thread that measures. Expects to run in the repository's root.
final class Understudy implements HttpSide.Counter, AutoCloseable {
    private static final Path LAUNCHER = Path.of("server", "target", "understudy", "bin", "understudy");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SHADOWING_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Subject subject;
    private final Stage stage;
    private final ServerProcess process;
    private final int managementPort;

    private Understudy(Subject subject, Stage stage, ServerProcess process, int managementPort) {
        this.subject = subject;
        this.stage = stage;
        this.process = process;
        this.managementPort = managementPort;
    }

    /// Serves `model`, and where the mode says so its twin shadows it already.
    static Understudy start(Subject subject, byte[] model, Mode mode) throws IOException {
        Stage stage = Stage.with(subject.name(), model, "");
        Understudy server;
        try {
            server = start(subject, stage, mode);
        } catch (IOException e) {
            stage.close();
            throw e;
        }
        if (mode != Mode.OFF) {
            try {
                Files.write(stage.repository().resolve(subject.name()).resolve("2.onnx"), subject.challenger());
                server.awaitShadowing();
            } catch (IOException e) {
                server.close();
                throw e;
            }
        }
        return server;
    }

    private static Understudy start(Subject subject, Stage stage, Mode mode) throws IOException {
        Path config = Files.writeString(stage.folder().resolve("config.yaml"),
                "shadow: {isolation: " + mode.isolation().label() + "}\n");
        int port = ServerProcess.freePort();
        int managementPort = ServerProcess.freePort();
        ServerProcess process = ServerProcess.start(new Launch(List.of(LAUNCHER.toString(), "serve", "--repository",
                stage.repository().toString(), "--state", stage.state().toString(), "--config", config.toString(),
                "--host", "127.0.0.1", "--http-port", Integer.toString(port), "--grpc-port", "0", "--management-port",
                Integer.toString(managementPort)), Map.of()), port, stage.folder().resolve("errors"));
        return new Understudy(subject, stage, process, managementPort);
    }

    private void awaitShadowing() throws IOException {
        long end = System.nanoTime() + SHADOWING_NANOS_MAX;
        for (JsonNode now = challengers(); !now.at("/0/state").asText().equals("shadowing"); now = challengers()) {
            if (System.nanoTime() > end) {
                throw new IOException("the challenger does not come to shadow: " + now);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private JsonNode challengers() throws IOException {
        return model().path("challengers");
    }

    private JsonNode model() throws IOException {
        return JSON.readTree(HttpRequest.get(managementPort, "/models/" + subject.name()));
    }

    int port() {
        return process.port();
    }

    /// Its temporary folder, removed when this is closed.
    Path folder() {
        return stage.folder();
    }

    ServerProcess process() {
        return process;
    }

    /// What its ledger says.
    @Override
    public Shadowed shadowed() throws IOException {
        Shadowed sum = Shadowed.NONE;
        for (JsonNode challenger : challengers()) {
            JsonNode ledger = challenger.path("ledger");
            Map<String, Long> lost = new TreeMap<>();
            for (String kind : List.of("shed", "failed")) {
                ledger.path(kind).properties().forEach(entry -> lost.put(entry.getKey(), entry.getValue().asLong()));
            }
            sum = sum.plus(Shadowed.of(challenger.path("served").asLong(), ledger.path("sampled").asLong(),
                    ledger.path("compared").asLong(), lost, ledger.path("in_flight").asLong()));
        }
        return sum;
    }

    @Override
    public DeviceSeconds deviceSeconds() throws IOException {
        JsonNode model = model();
        double challengers = 0;
        for (JsonNode challenger : model.path("challengers")) {
            challengers += challenger.at("/effort/device_seconds").asDouble();
        }
        return new DeviceSeconds(model.at("/effect/device_seconds").asDouble(), challengers);
    }

    /// Requests answered so far.
    long answered() throws IOException {
        return JSON.readTree(HttpRequest.get(port(), "/v2/models/" + subject.name() + "/stats"))
                .at("/model_stats/0/inference_stats/success/count").asLong();
    }

    @Override
    public void close() throws IOException {
        process.close();
        stage.close();
    }
}
