package dev.understudy.server.management;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the control plane listens and who may use it. Immutable.
///
/// Exists only in a safe form: beyond the machine's own loopback it has a token.
public final class ManagementConfig {
    private final String host;
    private final int port;
    private final @Nullable Token token;
    private final @Nullable WebhookConfig webhook;

    private ManagementConfig(String host, int port, @Nullable Token token, @Nullable WebhookConfig webhook) {
        this.host = host;
        this.port = port;
        this.token = token;
        this.webhook = webhook;
    }

    /// Checks the configuration together.
    ///
    /// @param host      name or address to listen on
    /// @param port      0 to 65535; 0 takes a free one
    /// @param tokenFile file whose one line is the bearer token every caller must show, or null for none
    /// @throws ManagementStartException when the port is out of range, the host is unknown, the file holds no usable token,
    ///                                  or the host can be reached from other machines and there is no token
    public static ManagementConfig of(String host, int port, @Nullable Path tokenFile) throws ManagementStartException {
        if (port < 0 || port > 65535) {
            throw new ManagementStartException("the management port must be within 0 and 65535: " + port);
        }
        Token token = tokenFile == null ? null : read(tokenFile);
        if (token == null && !isLoopback(host)) {
            throw new ManagementStartException("the management host " + host
                    + " can be reached from other machines: give --management-token-file, or listen on 127.0.0.1");
        }
        return new ManagementConfig(host, port, token, null);
    }

    private static Token read(Path tokenFile) throws ManagementStartException {
        try {
            return Token.read(tokenFile);
        } catch (IOException e) {
            throw new ManagementStartException("the management token file " + tokenFile + " cannot be read", e);
        } catch (IllegalArgumentException e) {
            throw new ManagementStartException("the management token file " + tokenFile + " " + e.getMessage(), e);
        }
    }

    private static boolean isLoopback(String host) throws ManagementStartException {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            throw new ManagementStartException("the management host " + host + " is unknown", e);
        }
    }

    /// The same, with an address that alerts are sent to; null for none.
    public ManagementConfig withWebhook(@Nullable WebhookConfig alerts) {
        return new ManagementConfig(host, port, token, alerts);
    }

    @Nullable
    WebhookConfig webhook() {
        return webhook;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    @Nullable
    Token token() {
        return token;
    }
}
