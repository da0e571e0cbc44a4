package dev.understudy.cli;

import dev.understudy.model.InvalidConfigException;
import dev.understudy.server.management.Token;
import dev.understudy.server.management.WebhookConfig;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;

/// The `alerts` of a configuration file: `{webhook: https://example.org/hook, secret_file: F}`. Both are needed: what is not
/// signed cannot be trusted.
final class AlertsSection {
    private static final List<String> KEYS = List.of("webhook", "secret_file");

    private AlertsSection() {}

    /// @param folder what a relative path stands relative to
    static WebhookConfig parse(Node node, Path folder) throws InvalidConfigException {
        Map<String, Node> entries = ConfigFile.mapping(node, KEYS);
        Node webhook = entries.get("webhook");
        Node secretFile = entries.get("secret_file");
        if (webhook == null || secretFile == null) {
            throw new InvalidConfigException(ConfigFile.line(node),
                    "`alerts` needs webhook, an address, and secret_file,"
                            + " whose one word signs what is sent");
        }
        try {
            Path file = folder.resolve(ConfigFile.text(secretFile)).normalize();
            return WebhookConfig.of(new URI(ConfigFile.text(webhook)), secret(file, secretFile));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new InvalidConfigException(ConfigFile.line(webhook),
                    "`webhook` is an address such as https://example.org/hook, not `" + ConfigFile.text(webhook) + "`");
        }
    }

    private static String secret(Path file, Node node) throws InvalidConfigException {
        try {
            return Token.secret(file);
        } catch (IOException e) {
            throw new InvalidConfigException(ConfigFile.line(node), "the secret file " + file + " cannot be read");
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException(ConfigFile.line(node), "the secret file " + file + " " + e.getMessage());
        }
    }
}
