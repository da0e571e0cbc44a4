package dev.understudy.verdict;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a model's answers are about, so that they can be judged once the truth is known: the `task` section of
/// `model.yaml`. Immutable.
///
/// @param output the champion's name of the output that answers: a score vector or the label itself for a
///               classification, the values for a regression
/// @param labels names of the classes in the order of their indexes, empty when not declared
public record Task(Type type, String output, List<String> labels) {
    private static final List<String> KEYS = List.of("type", "output", "labels");
    private static final Pattern INDEX = Pattern.compile("0|[1-9]\\d{0,8}");
    private static final String EXAMPLE = ", such as {type: classification, output: probabilities}";

    public Task {
        labels = List.copyOf(labels);
    }

    /// How an answer meets the truth.
    public enum Type {
        /// It is right or wrong.
        CLASSIFICATION,
        /// It is off by an amount.
        REGRESSION;

        /// As the configuration and the API spell it.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Reads the section; absent means that nobody will say what was right.
    ///
    /// @throws InvalidConfigException for an unknown key or an impossible value, with its line
    public static Optional<Task> parse(@Nullable ConfigNode section) throws InvalidConfigException {
        if (section == null) {
            return Optional.empty();
        }
        if (!(section instanceof ConfigNode.Mapping(Map<String, ConfigNode> entries, int line))) {
            throw new InvalidConfigException(section.line(), "task must be a mapping" + EXAMPLE);
        }
        for (Map.Entry<String, ConfigNode> entry : entries.entrySet()) {
            if (!KEYS.contains(entry.getKey())) {
                throw new InvalidConfigException(entry.getValue().line(),
                        "unknown key task." + entry.getKey() + "; known are " + String.join(", ", KEYS));
            }
        }
        Type type = switch (text(entries, "type", line)) {
            case "classification" -> Type.CLASSIFICATION;
            case "regression" -> Type.REGRESSION;
            default -> throw new InvalidConfigException(lineOf(entries, "type", line),
                    "task.type is classification or regression");
        };
        List<String> labels = labels(entries.get("labels"));
        if (type == Type.REGRESSION && !labels.isEmpty()) {
            throw new InvalidConfigException(lineOf(entries, "labels", line), "a regression has no task.labels");
        }
        return Optional.of(new Task(type, text(entries, "output", line), labels));
    }

    private static String text(Map<String, ConfigNode> entries, String key, int line) throws InvalidConfigException {
        if (entries.get(key) instanceof ConfigNode.Scalar(String text, int _) && !text.isEmpty()) {
            return text;
        }
        throw new InvalidConfigException(lineOf(entries, key, line), "task." + key + " is needed" + EXAMPLE);
    }

    private static int lineOf(Map<String, ConfigNode> entries, String key, int otherwise) {
        ConfigNode node = entries.get(key);
        return node == null ? otherwise : node.line();
    }

    private static List<String> labels(@Nullable ConfigNode node) throws InvalidConfigException {
        if (node == null) {
            return List.of();
        }
        if (!(node instanceof ConfigNode.Sequence(List<ConfigNode> items, int line))) {
            throw new InvalidConfigException(node.line(), "task.labels must list the names of the classes in their order");
        }
        List<String> labels = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ConfigNode item : items) {
            if (!(item instanceof ConfigNode.Scalar(String text, int _)) || text.isEmpty() || !seen.add(text)) {
                throw new InvalidConfigException(item.line(), "task.labels must list each class once, by its name");
            }
            labels.add(text);
        }
        if (labels.size() < 2) {
            throw new InvalidConfigException(line, "task.labels must name at least two classes");
        }
        return labels;
    }

    /// A label or an answer in the one spelling by which the two are compared: the index of a class that has a name, the
    /// shortest digits of a number. Empty for what cannot be an answer of this task.
    public Optional<String> spelled(String text) {
        if (type == Type.REGRESSION) {
            try {
                double value = Double.parseDouble(text);
                // Adding zero makes -0.0, which is the same answer, 0.
                return Double.isFinite(value) ? Optional.of(Double.toString(value + 0.0)) : Optional.empty();
            } catch (NumberFormatException notANumber) {
                return Optional.empty();
            }
        }
        int index = labels.indexOf(text);
        if (index >= 0) {
            return Optional.of(Integer.toString(index));
        }
        boolean possible = labels.isEmpty()
                ? !text.isEmpty()
                : INDEX.matcher(text).matches() && Integer.parseInt(text) < labels.size();
        return possible ? Optional.of(text) : Optional.empty();
    }

    /// The name of a class as a person knows it.
    public String named(String spelled) {
        boolean known = !labels.isEmpty() && INDEX.matcher(spelled).matches()
                && Integer.parseInt(spelled) < labels.size();
        return known ? labels.get(Integer.parseInt(spelled)) : spelled;
    }

    /// The task in YAML, always written the same way, which [#parse] reads back; tells it from others.
    public String text() {
        StringBuilder text = new StringBuilder("{type: ").append(type.label()).append(", output: ")
                .append(RuleText.quoted(output));
        if (!labels.isEmpty()) {
            text.append(labels.stream().map(RuleText::quoted).collect(Collectors.joining(", ", ", labels: [", "]")));
        }
        return text.append('}').toString();
    }
}
