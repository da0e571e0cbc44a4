package dev.understudy.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A piece of `model.yaml` that this package does not interpret, with the line it stands on, for the packages that
/// do. Immutable.
public sealed interface ConfigNode {
    /// 1-based line in the file.
    int line();

    /// The one document of a YAML 1.2 text, JSON included; null when it holds none or an empty one.
    ///
    /// @throws InvalidConfigException when it is not YAML, or nests or repeats itself beyond reason
    static @Nullable ConfigNode parse(String text) throws InvalidConfigException {
        return YamlText.parse(text);
    }

    record Scalar(String text, int line) implements ConfigNode {}

    record Sequence(List<ConfigNode> items, int line) implements ConfigNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /// Keys and their values.
    ///
    /// @param entries in the file's order
    record Mapping(Map<String, ConfigNode> entries, int line) implements ConfigNode {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }
}
