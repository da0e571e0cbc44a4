package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.ServerProcess;
import dev.understudy.benchmarks.ServerProcess.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All servers of one [Subject], up at once and idle until their turn: understudy in its modes, the same champion behind
/// nginx without and with a mirror to a second server, and Fastify. Not thread-safe; owned by the thread that measures.
final class HttpStage implements AutoCloseable {
    static final String NGINX = "nginx";
    static final String NGINX_MIRROR = "nginx mirror";
    static final String FASTIFY = "Fastify, no shadow";

    private final Subject subject;
    private final Sides sides = new Sides();
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private HttpStage(Subject subject) {
        this.subject = subject;
    }

    /// Starts what is installed, and says what is not.
    ///
    /// @param fastify where Fastify and its server lie, if they do; empty when it is not wanted
    static HttpStage start(Subject subject, List<Mode> modes, Optional<Path> fastify) throws IOException {
        HttpStage stage = new HttpStage(subject);
        try {
            Understudy champion = stage.understudy(Mode.OFF);
            for (Mode mode : modes) {
                stage.understudy(mode);
            }
            stage.nginx(champion);
            if (fastify.isPresent()) {
                stage.fastify(fastify.get(), champion);
            }
            return stage;
        } catch (IOException | RuntimeException e) {
            stage.close();
            throw e;
        }
    }

    Sides sides() {
        return sides;
    }

    private Understudy understudy(Mode mode) throws IOException {
        Understudy server = Understudy.start(subject, subject.model(), mode);
        started.push(server);
        sides.add(new HttpSide(mode.label(), Mode.OFF.label(), subject, server.port(), List.of(server.process()),
                server));
        return server;
    }

    private void nginx(Understudy champion) throws IOException {
        if (!Nginx.isInstalled()) {
            System.err.println("skipped: nginx is not installed");
            return;
        }
        Understudy challenger = Understudy.start(subject, subject.challenger(), Mode.OFF);
        started.push(challenger);
        Path folder = Files.createDirectories(challenger.folder().resolve("nginx"));
        Nginx nginx = Nginx.start(folder, champion.port(), challenger.port());
        started.push(nginx);
        sides.add(new HttpSide(NGINX, NGINX, subject, nginx.plainPort(), List.of(nginx.process(), champion.process()),
                () -> Shadowed.NONE));
        sides.add(new HttpSide(NGINX_MIRROR, NGINX, subject, nginx.mirrorPort(),
                List.of(nginx.process(), champion.process(), challenger.process()), new MirrorCounter(challenger)));
    }

    private void fastify(Path fastify, Understudy champion) throws IOException {
        if (!Files.isDirectory(fastify.resolve("node_modules").resolve("onnxruntime-node"))) {
            System.err.println("skipped: Fastify with onnxruntime-node is not installed");
            return;
        }
        Path folder = Files.createDirectories(champion.folder().resolve("fastify"));
        Path model = Files.write(folder.resolve("model.onnx"), subject.model());
        int port = ServerProcess.freePort();
        ServerProcess process = ServerProcess.start(new Launch(List.of("node", fastify.resolve("server.js").toString(),
                model.toString(), Integer.toString(port)), Map.of()), port, folder.resolve("errors"));
        started.push(process);
        sides.add(new HttpSide(FASTIFY, FASTIFY, subject, port, List.of(process), () -> Shadowed.NONE));
    }

    /// Counts what a mirror's server answered. Nobody knows what is still on its way there, so what was answered since the
    /// last look is taken as a sign of more.
    private static final class MirrorCounter implements HttpSide.Counter {
        private final Understudy challenger;
        private long lastAnswered;

        MirrorCounter(Understudy challenger) {
            this.challenger = challenger;
        }

        @Override
        public Shadowed shadowed() throws IOException {
            long answered = challenger.answered();
            long more = answered - lastAnswered;
            lastAnswered = answered;
            return new Shadowed(answered, answered, Map.of(), more);
        }
    }

    /// Closes the sides and stops everything, the last started first.
    @Override
    public void close() throws IOException {
        sides.close();
        for (AutoCloseable part = started.poll(); part != null; part = started.poll()) {
            try {
                part.close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}
