package dev.understudy.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A piece of `model.yaml` that this package does not interpret, with the line it stands on, for the packages that
/// do. Immutable.
public sealed interface ConfigNode {
    /// 1-based line in the file.
    int line();

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
