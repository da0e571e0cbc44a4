package dev.understudy.verdict;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One mapping of the `criteria` section, whose keys are known. Immutable.
///
/// @param name what messages call it, `criteria.segments`
/// @param line where it stands
record Settings(String name, Map<String, ConfigNode> entries, int line) {
    /// @throws InvalidConfigException when the node is no mapping, or has a key that is not among `keys`
    static Settings of(String name, ConfigNode node, List<String> keys) throws InvalidConfigException {
        if (!(node instanceof ConfigNode.Mapping(Map<String, ConfigNode> entries, int line))) {
            throw new InvalidConfigException(node.line(),
                    name + " must be a mapping with keys among " + String.join(", ", keys));
        }
        for (Map.Entry<String, ConfigNode> entry : entries.entrySet()) {
            if (!keys.contains(entry.getKey())) {
                throw new InvalidConfigException(entry.getValue().line(), "unknown key " + entry.getKey() + " of "
                        + name + "; the keys are " + String.join(", ", keys));
            }
        }
        return new Settings(name, entries, line);
    }

    @Nullable
    ConfigNode node(String key) {
        return entries.get(key);
    }

    /// The text under a key, null when the key is absent.
    ///
    /// @throws InvalidConfigException when something else than one value stands there
    ConfigNode.@Nullable Scalar scalar(String key) throws InvalidConfigException {
        return switch (entries.get(key)) {
            case null -> null;
            case ConfigNode.Scalar scalar -> scalar;
            case ConfigNode other ->
                throw new InvalidConfigException(other.line(), name + "." + key + " must be one value");
        };
    }
}
