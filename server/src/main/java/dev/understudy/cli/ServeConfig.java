package dev.understudy.cli;

import dev.understudy.engine.Limits;
import dev.understudy.engine.ShadowConfig;
import dev.understudy.model.RepositoryWatcher;
import dev.understudy.runtime.CudaSettings;
import dev.understudy.runtime.DeviceChoice;
import dev.understudy.server.management.ManagementConfig;
import dev.understudy.server.management.ManagementStartException;
import dev.understudy.server.plane.ServerIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Everything a server is started with, defaults filled in and checked together. Immutable.
///
/// @param repository real path of a folder that holds something of at least one model
/// @param state      absolute, neither inside the repository nor around it; need not exist
/// @param httpPort   0 takes a free one
/// @param grpcPort   0 takes a free one
/// @param serverName what the protocol's metadata call it
public record ServeConfig(Path repository, Path state, String host, int httpPort, int grpcPort,
        String managementHost, int managementPort, ManagementConfig management, EventLog.Format logFormat,
        Limits limits, DeviceChoice device, CudaSettings cuda, ShadowConfig shadow, String serverName) {
    static final String HOST = "0.0.0.0";
    static final int HTTP_PORT = 8000;
    static final int GRPC_PORT = 8001;
    static final String MANAGEMENT_HOST = "127.0.0.1";
    static final int MANAGEMENT_PORT = 8002;

    /// Fills in the defaults and checks the whole.
    ///
    /// @throws CommandFailure when something needed is missing, or two settings do not go together
    public static ServeConfig of(ServeSettings settings) throws CommandFailure {
        Path repository = repository(settings.repository());
        Path state = settings.state() == null ? StateFolder.defaultFor(repository) : settings.state();
        return new ServeConfig(repository, StateFolder.outside(repository, state), orElse(settings.host(), HOST),
                orElse(settings.httpPort(), HTTP_PORT), orElse(settings.grpcPort(), GRPC_PORT),
                orElse(settings.managementHost(), MANAGEMENT_HOST),
                orElse(settings.managementPort(), MANAGEMENT_PORT), management(settings),
                orElse(settings.logFormat(), EventLog.Format.TEXT), orElse(settings.limits(), Limits.DEFAULT),
                orElse(settings.device(), new DeviceChoice.Auto()),
                orElse(settings.cuda(), CudaSettings.DEFAULT), orElse(settings.shadow(), ShadowConfig.DEFAULT),
                orElse(settings.serverName(), ServerIdentity.DEFAULT_NAME));
    }

    static boolean isPort(int number) {
        return number >= 0 && number <= 65_535;
    }

    static String refuseDevice(String device) {
        return "unknown device `" + device + "`; known are " + DeviceChoice.KNOWN;
    }

    private static ManagementConfig management(ServeSettings settings) throws CommandFailure {
        try {
            return ManagementConfig.of(orElse(settings.managementHost(), MANAGEMENT_HOST),
                    orElse(settings.managementPort(), MANAGEMENT_PORT), settings.managementTokenFile())
                    .withWebhook(settings.alerts());
        } catch (ManagementStartException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private static Path repository(@Nullable Path given) throws CommandFailure {
        if (given == null) {
            throw new CommandFailure(ExitCode.USAGE, "which models? give --repository DIR");
        }
        try {
            Path repository = given.toRealPath();
            if (!Files.isDirectory(repository)) {
                throw new CommandFailure(ExitCode.REPOSITORY, "the repository " + given + " is not a folder");
            }
            if (!RepositoryWatcher.holdsModel(repository)) {
                throw new CommandFailure(ExitCode.REPOSITORY, "the repository " + given
                        + " holds no model; put one at " + given.resolve("NAME/1/model.onnx"));
            }
            return repository;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.REPOSITORY,
                    "there is no repository " + given + ", or it cannot be read");
        }
    }

    private static <T> T orElse(@Nullable T value, T fallback) {
        return value == null ? fallback : value;
    }
}
