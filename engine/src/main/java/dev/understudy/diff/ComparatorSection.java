package dev.understudy.diff;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads the `comparators` section of `model.yaml`: a rule for each output, either by its name alone or with its
/// settings. Thread-safe: stateless.
final class ComparatorSection {
    private static final String RULES = "identical, close, same_top_answer, same_top_k, within, cosine or ignore";
    private static final String TOLERANCE = "tolerance";

    private ComparatorSection() {}

    static Comparators parse(ConfigNode section) throws InvalidConfigException {
        if (!(section instanceof ConfigNode.Mapping mapping)) {
            throw new InvalidConfigException(section.line(),
                    "comparators must be a mapping from output names to rules, such as scores: same_top_answer");
        }
        SortedMap<String, OutputComparator> rules = new TreeMap<>();
        SortedSet<String> automatic = new TreeSet<>();
        for (Map.Entry<String, ConfigNode> entry : mapping.entries().entrySet()) {
            rules.put(entry.getKey(), rule(entry.getKey(), entry.getValue()));
            if (entry.getValue() instanceof ConfigNode.Mapping(Map<String, ConfigNode> settings, int _)
                    && settings.containsKey(TOLERANCE)) {
                automatic.add(entry.getKey());
            }
        }
        return new Comparators(rules, automatic);
    }

    private static OutputComparator rule(String output, ConfigNode node) throws InvalidConfigException {
        return switch (node) {
            case ConfigNode.Scalar(String name, int line) -> rule(output, name, line, Map.of());
            case ConfigNode.Mapping(Map<String, ConfigNode> settings, int line) -> {
                if (!(settings.get("rule") instanceof ConfigNode.Scalar(String name, int nameLine))) {
                    throw new InvalidConfigException(line,
                            "the comparator of output " + output + " needs rule: " + RULES);
                }
                yield rule(output, name, nameLine, settings);
            }
            case ConfigNode.Sequence sequence -> throw new InvalidConfigException(sequence.line(),
                    "the comparator of output " + output + " must be one rule, not a list");
        };
    }

    private static OutputComparator rule(String output, String name, int line, Map<String, ConfigNode> settings)
            throws InvalidConfigException {
        ConfigNode tolerance = settings.get(TOLERANCE);
        if (tolerance != null) {
            checkAutomatic(output, name, tolerance, settings);
        }
        return switch (name) {
            case "identical" -> only(name, settings, Set.of(), new OutputComparator.Identical());
            case "same_top_answer" -> only(name, settings, Set.of(), new OutputComparator.SameTopAnswer());
            case "ignore" -> only(name, settings, Set.of(), new OutputComparator.Ignore());
            case "close" -> only(name, settings, Set.of("atol", "rtol", "on", TOLERANCE), close(settings));
            case "same_top_k" -> only(name, settings, Set.of("k"),
                    new OutputComparator.SameTopK(k(required(name, "k", "5", settings, line))));
            case "within" -> only(name, settings, Set.of("max_abs"),
                    new OutputComparator.Within(positive(required(name, "max_abs", "0.05", settings, line))));
            case "cosine" -> only(name, settings, Set.of("at_least"),
                    new OutputComparator.Cosine(cosine(required(name, "at_least", "0.999", settings, line))));
            default -> throw new InvalidConfigException(line,
                    "unknown comparator " + name + " of output " + output + "; it is one of " + RULES);
        };
    }

    /// The only tolerance by that name is the one that follows from the noise floor.
    private static void checkAutomatic(String output, String rule, ConfigNode tolerance,
            Map<String, ConfigNode> settings) throws InvalidConfigException {
        if (!rule.equals("close")) {
            throw new InvalidConfigException(tolerance.line(), "rule " + rule + " of output " + output
                    + " has no tolerance that the champion's noise could set; write {rule: close, tolerance: auto}, or leave"
                    + " tolerance out");
        }
        if (!(tolerance instanceof ConfigNode.Scalar(String text, int _)) || !text.equals("auto")) {
            throw new InvalidConfigException(tolerance.line(), "tolerance of output " + output
                    + " can only be auto; write one of your own as atol and rtol");
        }
        if (settings.containsKey("atol") || settings.containsKey("rtol")) {
            throw new InvalidConfigException(tolerance.line(), "tolerance: auto of output " + output
                    + " takes the place of atol and rtol; leave them out, or leave tolerance out");
        }
    }

    private static OutputComparator only(String name, Map<String, ConfigNode> settings, Set<String> known,
            OutputComparator comparator) throws InvalidConfigException {
        for (Map.Entry<String, ConfigNode> entry : settings.entrySet()) {
            if (!entry.getKey().equals("rule") && !known.contains(entry.getKey())) {
                throw new InvalidConfigException(entry.getValue().line(), "unknown key " + entry.getKey() + "; rule "
                        + name + " takes "
                        + (known.isEmpty() ? "none" : String.join(", ", known.stream().sorted().toList())));
            }
        }
        return comparator;
    }

    private static OutputComparator close(Map<String, ConfigNode> settings) throws InvalidConfigException {
        ConfigNode on = settings.get("on");
        return new OutputComparator.Close(part("atol", settings), part("rtol", settings), on == null ? 1 : share(on));
    }

    private static @Nullable Double part(String key, Map<String, ConfigNode> settings) throws InvalidConfigException {
        ConfigNode node = settings.get(key);
        if (node == null) {
            return null;
        }
        OptionalDouble value = number(node);
        if (value.isEmpty() || !Tolerance.isPart(value.getAsDouble())) {
            throw new InvalidConfigException(node.line(), key + " must be a number from 0 to 1e100, such as 1e-4");
        }
        return value.getAsDouble();
    }

    private static double share(ConfigNode node) throws InvalidConfigException {
        String text = node instanceof ConfigNode.Scalar scalar ? scalar.text().strip() : "";
        // Written as an exponent, because dividing by 100 would round 99.9% away from 0.999.
        OptionalDouble share = text.endsWith("%")
                ? number(text.substring(0, text.length() - 1) + "e-2")
                : OptionalDouble.empty();
        if (share.isEmpty() || !(share.getAsDouble() > 0 && share.getAsDouble() <= 1)) {
            throw new InvalidConfigException(node.line(), "on must be a percentage above 0% up to 100%, such as 99.9%");
        }
        return share.getAsDouble();
    }

    private static int k(ConfigNode node) throws InvalidConfigException {
        double value = number(node).orElse(0);
        if (value != Math.rint(value) || value < 1 || value > OutputComparator.SameTopK.K_MAX) {
            throw new InvalidConfigException(node.line(),
                    "k must be a whole number from 1 to " + OutputComparator.SameTopK.K_MAX);
        }
        return (int) value;
    }

    private static double positive(ConfigNode node) throws InvalidConfigException {
        double value = number(node).orElse(0);
        if (!(value > 0)) {
            throw new InvalidConfigException(node.line(), "max_abs must be a number above 0, such as 0.05");
        }
        return value;
    }

    private static double cosine(ConfigNode node) throws InvalidConfigException {
        double value = number(node).orElse(0);
        if (!(value > 0 && value < 1)) {
            throw new InvalidConfigException(node.line(),
                    "at_least must be a number above 0 and below 1, such as 0.999");
        }
        return value;
    }

    private static ConfigNode required(String name, String key, String example, Map<String, ConfigNode> settings,
            int line)
            throws InvalidConfigException {
        ConfigNode node = settings.get(key);
        if (node == null) {
            throw new InvalidConfigException(line,
                    "rule " + name + " needs " + key + ", as in {rule: " + name + ", " + key + ": " + example + "}");
        }
        return node;
    }

    private static OptionalDouble number(ConfigNode node) {
        return node instanceof ConfigNode.Scalar scalar ? number(scalar.text()) : OptionalDouble.empty();
    }

    private static OptionalDouble number(String text) {
        try {
            double value = Double.parseDouble(text.strip());
            return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
        } catch (NumberFormatException notANumber) {
            return OptionalDouble.empty();
        }
    }
}
