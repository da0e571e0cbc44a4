package dev.understudy.cli;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.runtime.DeviceChoice;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `understudy serve`: runs until a signal asks it to stop.
@Command(name = "serve", mixinStandardHelpOptions = true, versionProvider = VersionText.class, sortOptions = false, header = "Serves the champions of a repository and shadows their challengers.", description = {
    "",
    "Prints one line on stdout when it is ready: at least one champion can answer. Events go to stderr, one line each. SIGTERM or Ctrl-C: answers what was admitted, then exits 0. A second one: at once.",
    ""}, footer = {"",
        "The configuration file is YAML with the same names (http_port: 8000) and `cuda:`, `limits:`, `shadow:` and `alerts:`; what is given here wins over the file."})
final class ServeCommand implements Callable<Integer> {
    static final String SUPERVISE = "--supervise";
    private static final long READY_POLL_MILLIS = 100;

    @Option(names = "--repository", paramLabel = "DIR", description = "The watched folder: DIR/MODEL/1/model.onnx or DIR/MODEL/1.onnx.")
    private @Nullable Path repository;

    @Option(names = "--state", paramLabel = "DIR", description = "Roles, model copies and the journal; one server's alone (default: in the user's state folder, by the repository's path).")
    private @Nullable Path state;

    @Option(names = "--config", paramLabel = "FILE", description = "Read settings from this file.")
    private @Nullable Path config;

    @Option(names = "--host", paramLabel = "HOST", description = "Where inference listens (default: 0.0.0.0).")
    private @Nullable String host;

    @Option(names = "--http-port", paramLabel = "N", description = "Inference over HTTP; 0 takes a free port (default: 8000).")
    private @Nullable Integer httpPort;

    @Option(names = "--grpc-port", paramLabel = "N", description = "Inference over gRPC; 0 takes a free port (default: 8001).")
    private @Nullable Integer grpcPort;

    @Option(names = "--management-host", paramLabel = "HOST", description = "Where management listens; beyond this machine only with a token (default: 127.0.0.1).")
    private @Nullable String managementHost;

    @Option(names = "--management-port", paramLabel = "N", description = "Status, metrics and control; 0 takes a free port (default: 8002).")
    private @Nullable Integer managementPort;

    @Option(names = "--management-token-file", paramLabel = "FILE", description = "File with the token that management callers must show.")
    private @Nullable Path managementTokenFile;

    @Option(names = "--device", paramLabel = "DEVICE", description = "Where models run: cpu, cuda (the first GPU), cuda:N, or auto, the best there is (default: auto).")
    private @Nullable DeviceChoice device;

    @Option(names = "--log-format", paramLabel = "FORMAT", description = "text or json (default: text).")
    private EventLog.@Nullable Format logFormat;

    @Option(names = SUPERVISE, description = "Serve in a child process, and start it again when it crashes or loses its device.")
    private boolean supervise;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        return supervise ? supervise() : serve();
    }

    /// Serves in a child process, again and again.
    private int supervise() throws Exception {
        String launcher = System.getProperty(ServingProcess.LAUNCHER);
        if (launcher == null) {
            throw new CommandFailure(ExitCode.USAGE, SUPERVISE + " needs the understudy launcher");
        }
        List<String> args = spec.root().commandLine().getParseResult().expandedArgs();
        EventLog.Format format = ServeConfig.of(settings()).logFormat();
        try (EventLog log = new EventLog(format, spec.commandLine().getErr(), Clock.systemUTC())) {
            var supervisor = new Supervisor(lastExit -> ServingProcess.start(launcher, args, lastExit),
                    Supervisor.Pause.REAL, System::nanoTime, log);
            StopSignals signals = StopSignals.install(exitCode -> {
                supervisor.kill();
                Runtime.getRuntime().halt(exitCode);
            });
            signals.onAsked(supervisor::stop);
            return supervisor.run();
        }
    }

    private int serve() throws Exception {
        Supervision supervision = Supervision.of(System.getenv());
        StopSignals signals = supervision.install();
        DeviceLossExit deviceLoss = new DeviceLossExit(signals, Runtime.getRuntime()::halt, DeviceLossExit.PATIENCE);
        ServeConfig serve = ServeConfig.of(settings());
        try (TemporaryFolder temporary = TemporaryFolder.claim(serve.state());
                EventLog log = new EventLog(serve.logFormat(), spec.commandLine().getErr(), Clock.systemUTC())) {
            new FaultLog(log).install();
            Startup<RunningServer> startup = new Startup<>(
                    () -> RunningServer.start(serve, supervision.lastExit(), deviceLoss, log));
            if (startup.await(signals)) {
                serve(startup.result(), temporary, signals, log);
            } else {
                log.accept(new LogEvent(Level.INFO, "", "stopping: the start is given up, nothing was admitted"));
                startup.abandon();
            }
            log.accept(new LogEvent(Level.INFO, "", "stopped"));
        }
        return deviceLoss.exitCode();
    }

    private void serve(RunningServer started, TemporaryFolder temporary, StopSignals signals, EventLog log)
            throws InterruptedException {
        try (RunningServer server = started) {
            temporary.removeOthers();
            serveUntilStopped(server, signals);
            log.accept(new LogEvent(Level.INFO, "", "stopping: no new requests, answering those admitted"));
            server.drain();
        }
    }

    private void serveUntilStopped(RunningServer server, StopSignals signals) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        boolean announced = false;
        while (!signals.asked()) {
            if (!announced && server.ready()) {
                out.println(server.readyLine());
                out.flush();
                announced = true;
            }
            signals.await(announced ? Long.MAX_VALUE : READY_POLL_MILLIS);
        }
    }

    private ServeSettings settings() throws CommandFailure {
        checkPort("--http-port", httpPort);
        checkPort("--grpc-port", grpcPort);
        checkPort("--management-port", managementPort);
        ServeSettings given = new ServeSettings(repository, state, host, httpPort, grpcPort, managementHost,
                managementPort,
                managementTokenFile, device, null, logFormat, null, null, null, null);
        return config == null ? given : given.or(ConfigFile.read(config));
    }

    private static void checkPort(String option, @Nullable Integer port) throws CommandFailure {
        if (port != null && !ServeConfig.isPort(port)) {
            throw new CommandFailure(ExitCode.USAGE, option + " takes a port, 0 to 65535, not " + port);
        }
    }
}
