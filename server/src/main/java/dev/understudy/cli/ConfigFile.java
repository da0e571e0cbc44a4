package dev.understudy.cli;

import dev.understudy.model.InvalidConfigException;
import dev.understudy.runtime.DeviceChoice;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// Reads the YAML file of `serve --config`: the options' names with `_` for `-`, `server_name`, `cuda`, `limits`, `shadow`
/// and `alerts`. Relative paths in it stand relative to the file. Not thread-safe; owned by one call.
final class ConfigFile {
    private static final List<String> KEYS = List.of("repository", "state", "host", "http_port", "grpc_port",
            "management_host",
            "management_port", "management_token_file", "device", "cuda", "log_format", "limits", "shadow",
            "alerts", "server_name");

    private final Path folder;
    private final Map<String, Node> entries;

    private ConfigFile(Path folder, Map<String, Node> entries) {
        this.folder = folder;
        this.entries = entries;
    }

    /// @throws CommandFailure when the file cannot be read or says something that cannot be used, with the line
    static ServeSettings read(Path file) throws CommandFailure {
        String yaml;
        try {
            yaml = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.USAGE, "there is no configuration file " + file);
        } catch (MalformedInputException e) {
            throw new CommandFailure(ExitCode.USAGE, "the configuration file " + file + " is not UTF-8 text");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the configuration file " + file + " cannot be read");
        }
        try {
            Path folder = file.toAbsolutePath().getParent();
            return parse(yaml, folder == null ? file.toAbsolutePath() : folder);
        } catch (InvalidConfigException e) {
            throw new CommandFailure(ExitCode.USAGE, file + ": " + e.getMessage());
        }
    }

    /// @param folder what relative paths stand relative to
    static ServeSettings parse(String yaml, Path folder) throws InvalidConfigException {
        return new ConfigFile(folder, compose(yaml)).settings();
    }

    private static Map<String, Node> compose(String yaml) throws InvalidConfigException {
        try {
            Node root = new Compose(LoadSettings.builder().setMaxAliasesForCollections(0).build()).composeString(yaml)
                    .orElse(null);
            return root == null ? Map.of() : mapping(root, KEYS);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            throw new InvalidConfigException(line, "not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new InvalidConfigException(1,
                    "not YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /// The entries of a mapping whose keys are all among `known`.
    static Map<String, Node> mapping(Node node, List<String> known) throws InvalidConfigException {
        if (!(node instanceof MappingNode mapping)) {
            throw new InvalidConfigException(line(node),
                    "keys and values are expected here, such as `" + known.getFirst()
                            + ": ...`");
        }
        Map<String, Node> entries = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            String name = key instanceof ScalarNode scalar ? scalar.getValue() : "";
            if (!known.contains(name)) {
                throw new InvalidConfigException(line(key),
                        "unknown key `" + name + "`; known are " + String.join(", ", known));
            }
            if (entries.put(name, tuple.getValueNode()) != null) {
                throw new InvalidConfigException(line(key), "`" + name + "` is given twice");
            }
        }
        return entries;
    }

    /// 1-based.
    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    /// The text of a single value.
    static String text(Node node) throws InvalidConfigException {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return scalar.getValue().strip();
        }
        throw new InvalidConfigException(line(node), "one value is expected here");
    }

    private ServeSettings settings() throws InvalidConfigException {
        Node limits = entries.get("limits");
        Node cuda = entries.get("cuda");
        Node shadow = entries.get("shadow");
        Node alerts = entries.get("alerts");
        return new ServeSettings(path("repository"), path("state"), string("host"), port("http_port"),
                port("grpc_port"),
                string("management_host"), port("management_port"), path("management_token_file"), device(),
                cuda == null ? null : CudaSection.parse(cuda),
                logFormat(), limits == null ? null : LimitsSection.parse(limits),
                shadow == null ? null : ShadowSection.parse(shadow),
                alerts == null ? null : AlertsSection.parse(alerts, folder), string("server_name"));
    }

    private @Nullable String string(String key) throws InvalidConfigException {
        Node node = entries.get(key);
        return node == null ? null : text(node);
    }

    private @Nullable Path path(String key) throws InvalidConfigException {
        String text = string(key);
        return text == null ? null : folder.resolve(text).normalize();
    }

    private @Nullable Integer port(String key) throws InvalidConfigException {
        Node node = entries.get(key);
        if (node == null) {
            return null;
        }
        try {
            int port = Integer.parseInt(text(node));
            if (ServeConfig.isPort(port)) {
                return port;
            }
        } catch (NumberFormatException _) {
            // Refused below, as a number out of range is.
        }
        throw new InvalidConfigException(line(node), "`" + key + "` is a port, 0 to 65535, not `" + text(node) + "`");
    }

    private @Nullable DeviceChoice device() throws InvalidConfigException {
        Node node = entries.get("device");
        if (node == null) {
            return null;
        }
        String device = text(node);
        return DeviceChoice.of(device)
                .orElseThrow(() -> new InvalidConfigException(line(node), ServeConfig.refuseDevice(device)));
    }

    private EventLog.@Nullable Format logFormat() throws InvalidConfigException {
        Node node = entries.get("log_format");
        if (node == null) {
            return null;
        }
        return switch (text(node)) {
            case "text" -> EventLog.Format.TEXT;
            case "json" -> EventLog.Format.JSON;
            default ->
                throw new InvalidConfigException(line(node), "`log_format` is text or json, not `" + text(node) + "`");
        };
    }
}
