package dev.understudy.cli;

import dev.understudy.engine.ShadowConfig;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.runtime.Isolation;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;

/// The `shadow` of a configuration file: `{isolation: paced, max_device_share: 0.5}`; what is not given keeps its default.
final class ShadowSection {
    private static final List<String> KEYS = List.of("isolation", "max_device_share");

    private ShadowSection() {}

    static ShadowConfig parse(Node node) throws InvalidConfigException {
        Map<String, Node> entries = ConfigFile.mapping(node, KEYS);
        Node isolation = entries.get("isolation");
        Node share = entries.get("max_device_share");
        return new ShadowConfig(isolation == null ? ShadowConfig.DEFAULT.isolation() : isolation(isolation),
                share == null ? ShadowConfig.DEFAULT.maxDeviceShare() : share(share));
    }

    private static Isolation isolation(Node node) throws InvalidConfigException {
        String label = ConfigFile.text(node);
        return Isolation.of(label).orElseThrow(() -> new InvalidConfigException(ConfigFile.line(node),
                "`isolation` is none, priority, paced or partitioned, not `" + label + "`"));
    }

    private static double share(Node node) throws InvalidConfigException {
        String text = ConfigFile.text(node);
        try {
            double share = Double.parseDouble(text);
            if (share > 0 && share <= 1) {
                return share;
            }
        } catch (NumberFormatException _) {
            // Refused below, as a number out of range is.
        }
        throw new InvalidConfigException(ConfigFile.line(node),
                "`max_device_share` is a number above 0 and at most 1, not `" + text + "`");
    }
}
