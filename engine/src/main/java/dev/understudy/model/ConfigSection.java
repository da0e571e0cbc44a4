package dev.understudy.model;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A mapping of a configuration file, read key by key with errors that name the line and what would be right.
/// Immutable.
///
/// @param prefix what stands before the section's keys in messages: empty or `dynamic_batching.`
record ConfigSection(String prefix, Map<String, ConfigNode> entries) {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[-+]?[0-9]{1,18}");

    /// A section of these keys and no others. An absent or empty section has no entries.
    static ConfigSection of(String name, @Nullable ConfigNode node, List<String> keys) throws InvalidConfigException {
        String prefix = name.isEmpty() ? "" : name + ".";
        if (node == null || isEmpty(node)) {
            return new ConfigSection(prefix, Map.of());
        }
        if (!(node instanceof ConfigNode.Mapping(Map<String, ConfigNode> entries, int _))) {
            throw new InvalidConfigException(node.line(), (name.isEmpty() ? "the file" : name)
                    + " must be a mapping with keys among " + String.join(", ", keys));
        }
        for (Map.Entry<String, ConfigNode> entry : entries.entrySet()) {
            if (!keys.contains(entry.getKey())) {
                throw new InvalidConfigException(entry.getValue().line(), "unknown key " + prefix + entry.getKey()
                        + "; the keys " + (name.isEmpty() ? "" : "of " + name + " ") + "are "
                        + String.join(", ", keys));
            }
        }
        return new ConfigSection(prefix, entries);
    }

    /// The section under a key.
    ConfigSection section(String key, List<String> keys) throws InvalidConfigException {
        return of(prefix + key, entries.get(key), keys);
    }

    /// The whole number under a key, or empty when the key is absent.
    OptionalInt wholeNumber(String key, int min, int max) throws InvalidConfigException {
        ConfigNode node = entries.get(key);
        if (node == null) {
            return OptionalInt.empty();
        }
        String right = "; write a whole number from " + min + " to " + max;
        if (!(node instanceof ConfigNode.Scalar(String text, int line))) {
            throw new InvalidConfigException(node.line(), prefix + key + " is not a number" + right);
        }
        if (text.isEmpty()) {
            throw new InvalidConfigException(line, prefix + key + " has no value" + right);
        }
        if (!WHOLE_NUMBER.matcher(text).matches()) {
            throw new InvalidConfigException(line, prefix + key + " is " + text + right);
        }
        long value = Long.parseLong(text);
        if (value < min || value > max) {
            throw new InvalidConfigException(line, prefix + key + " is " + text + right);
        }
        return OptionalInt.of((int) value);
    }

    /// True for a key without a value, as a commented-out section leaves it.
    static boolean isEmpty(ConfigNode node) {
        return node instanceof ConfigNode.Scalar(String text, int _) && text.isEmpty();
    }
}
