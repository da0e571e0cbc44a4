package dev.understudy.journal;

import dev.understudy.diff.Comparators;
import dev.understudy.diff.Tolerance;
import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.tensor.TensorSpec;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Family;
import dev.understudy.verdict.RuleText;
import dev.understudy.verdict.Task;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What an evaluation is judged by, fixed when it begins. Immutable.
///
/// @param comparators   by which outputs agree
/// @param outputMapping the challenger's output names by the champion's, where they differ
/// @param criteria      what a challenger must show
/// @param task          what its answers are about, empty when nobody will say what was right
public record Terms(Comparators comparators, Map<String, String> outputMapping, Criteria criteria,
        Optional<Task> task) {
    private static final int FINGERPRINT_BYTES = 8;
    /// Nothing was declared.
    public static final Terms NONE = none();

    public Terms {
        outputMapping = Map.copyOf(outputMapping);
    }

    /// The same under other criteria.
    public Terms with(Criteria other) {
        return new Terms(comparators, outputMapping, other, task);
    }

    /// The same with these tolerances for the outputs declared with `tolerance: auto`.
    public Terms with(Map<String, Tolerance> tolerances) {
        return new Terms(comparators.with(tolerances), outputMapping, criteria, task);
    }

    /// What cannot be judged of a champion with these outputs, one sentence each: criteria that would stay undecided for ever.
    public List<String> problems(List<TensorSpec> outputs) {
        List<String> problems = new ArrayList<>(comparators.problems(outputs));
        if (!comparators.automatic().isEmpty() && criteria.rerunChampion() == 0) {
            problems.add(
                    "comparators: tolerance: auto needs second runs of the champion, and noise_floor.rerun_champion is"
                            + " 0%");
        }
        problems.addAll(problems(criteria, outputs));
        task.filter(known -> outputs.stream().noneMatch(output -> output.name().equals(known.output())))
                .ifPresent(known -> problems.add("task: the model has no output " + known.output()));
        if (task.isEmpty() && criteria.criteria().stream().anyMatch(c -> c.family() == Family.LABELS)) {
            problems.add("criteria: what asks about labels needs a task, which says how answers are judged");
        }
        return problems;
    }

    /// What criteria ask of outputs that are not among these, or cannot be asked of them, one sentence each.
    public static List<String> problems(Criteria criteria, List<TensorSpec> outputs) {
        List<String> problems = new ArrayList<>();
        for (Comparators rules : criteria.rules()) {
            rules.problems(outputs).forEach(problem -> problems.add("criteria, agree_means: " + problem));
        }
        String names = outputs.stream().map(TensorSpec::name).collect(Collectors.joining(", "));
        for (String asked : criteria.outputs()) {
            if (outputs.stream().noneMatch(output -> output.name().equals(asked))) {
                problems.add("criteria: the model has no output " + asked + "; it has " + names);
            }
        }
        return problems;
    }

    private static Terms none() {
        try {
            return parse("", "", "", "");
        } catch (InvalidConfigException e) {
            throw new IllegalStateException("no criteria must be criteria", e);
        }
    }

    /// Reads terms back from their texts, each of which may be empty.
    ///
    /// @throws InvalidConfigException when a text was not written by this program, or by a later one
    static Terms parse(String comparators, String outputMapping, String criteria, String task)
            throws InvalidConfigException {
        return new Terms(Comparators.parse(node(comparators)), mapping(node(outputMapping)), Criteria.parse(criteria),
                Task.parse(node(task)));
    }

    private static @Nullable ConfigNode node(String text) throws InvalidConfigException {
        return text.isEmpty() ? null : ConfigNode.parse(text);
    }

    private static Map<String, String> mapping(@Nullable ConfigNode node) {
        Map<String, String> mapping = new TreeMap<>();
        if (node instanceof ConfigNode.Mapping(Map<String, ConfigNode> entries, int _)) {
            entries.forEach((champion, challenger) -> {
                if (challenger instanceof ConfigNode.Scalar(String name, int _)) {
                    mapping.put(champion, name);
                }
            });
        }
        return mapping;
    }

    /// In YAML, always written the same way.
    public String comparatorsText() {
        return RuleText.of(comparators);
    }

    String outputMappingText() {
        return new TreeMap<>(outputMapping).entrySet().stream()
                .map(each -> RuleText.quoted(each.getKey()) + ": " + RuleText.quoted(each.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    String taskText() {
        return task.map(Task::text).orElse("");
    }

    /// Tells an evaluation under these terms from others, 16 hex digits.
    ///
    /// @param numerics what of the device makes the same model give other digits, so that evidence taken with other numerics is
    ///                 another's; empty on the processors
    public String fingerprint(String numerics) {
        String text = comparators.fingerprint(outputMapping) + "\n" + criteria.fingerprint() + "\n" + taskText()
                + (numerics.isEmpty() ? "" : "\n" + numerics);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
