package dev.understudy.cli;

import dev.understudy.engine.Limits;
import dev.understudy.engine.ShadowConfig;
import dev.understudy.runtime.CudaSettings;
import dev.understudy.runtime.DeviceChoice;
import dev.understudy.server.management.WebhookConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What one source, the command line or the configuration file, says about serving; null where it says nothing.
/// Immutable.
public record ServeSettings(@Nullable Path repository, @Nullable Path state, @Nullable String host,
        @Nullable Integer httpPort, @Nullable Integer grpcPort,
        @Nullable String managementHost, @Nullable Integer managementPort, @Nullable Path managementTokenFile,
        @Nullable DeviceChoice device, @Nullable CudaSettings cuda, EventLog.@Nullable Format logFormat,
        @Nullable Limits limits,
        @Nullable ShadowConfig shadow, @Nullable WebhookConfig alerts, @Nullable String serverName) {
    public static final ServeSettings NONE = new ServeSettings(null, null, null, null, null, null, null, null, null,
            null, null, null, null, null, null);

    /// These settings, and those of `fallback` where these say nothing.
    ServeSettings or(ServeSettings fallback) {
        return new ServeSettings(either(repository, fallback.repository), either(state, fallback.state),
                either(host, fallback.host), either(httpPort, fallback.httpPort), either(grpcPort, fallback.grpcPort),
                either(managementHost, fallback.managementHost), either(managementPort, fallback.managementPort),
                either(managementTokenFile, fallback.managementTokenFile), either(device, fallback.device),
                either(cuda, fallback.cuda),
                either(logFormat, fallback.logFormat), either(limits, fallback.limits),
                either(shadow, fallback.shadow), either(alerts, fallback.alerts),
                either(serverName, fallback.serverName));
    }

    private static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
        return first != null ? first : second;
    }
}
