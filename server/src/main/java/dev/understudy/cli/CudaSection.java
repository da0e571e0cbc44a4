package dev.understudy.cli;

import dev.understudy.model.InvalidConfigException;
import dev.understudy.runtime.CudaSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/// The `cuda` of a configuration file, how models run on a GPU: `{use_tf32: false, challenger_sms: 16}`; what is not given
/// keeps its default.
final class CudaSection {
    private static final List<String> KEYS = List.of("use_tf32", "prefer_nhwc", "cpu_fallback", "challenger_sms",
            "challenger_memory_max");

    private CudaSection() {}

    static CudaSettings parse(Node node) throws InvalidConfigException {
        Map<String, Node> entries = ConfigFile.mapping(node, KEYS);
        CudaSettings defaults = CudaSettings.DEFAULT;
        return new CudaSettings(defaults.device(), flag(entries, "use_tf32", defaults.tf32()),
                flag(entries, "prefer_nhwc", defaults.preferNhwc()),
                flag(entries, "cpu_fallback", defaults.cpuFallback()),
                number(entries, "challenger_sms", defaults.challengerSms()),
                size(entries, "challenger_memory_max", defaults.challengerBytesMax()));
    }

    private static boolean flag(Map<String, Node> entries, String key, boolean fallback)
            throws InvalidConfigException {
        @Nullable
        Node node = entries.get(key);
        if (node == null) {
            return fallback;
        }
        String text = ConfigFile.text(node);
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new InvalidConfigException(ConfigFile.line(node),
                    "`" + key + "` is true or false, not `" + text + "`");
        };
    }

    private static int number(Map<String, Node> entries, String key, int fallback) throws InvalidConfigException {
        @Nullable
        Node node = entries.get(key);
        if (node == null) {
            return fallback;
        }
        String text = ConfigFile.text(node);
        if (!text.matches("[1-9][0-9]{0,6}")) {
            throw new InvalidConfigException(ConfigFile.line(node),
                    "`" + key + "` is a whole number above 0, not `" + text + "`");
        }
        return Integer.parseInt(text);
    }

    private static long size(Map<String, Node> entries, String key, long fallback) throws InvalidConfigException {
        @Nullable
        Node node = entries.get(key);
        if (node == null) {
            return fallback;
        }
        String text = ConfigFile.text(node);
        Long bytes = LimitsSection.amount(text, LimitsSection.BYTES);
        if (bytes == null || bytes < 1) {
            throw new InvalidConfigException(ConfigFile.line(node),
                    "`" + key + "` is a size such as 512MiB or 4GiB, not `" + text + "`");
        }
        return bytes;
    }
}
