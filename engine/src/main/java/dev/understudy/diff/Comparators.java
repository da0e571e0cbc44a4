package dev.understudy.diff;

import dev.understudy.diff.OutputComparator.Close;
import dev.understudy.diff.OutputDifference.Structural;
import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Thread-safe: immutable. The rules by which the outputs of two models are compared, one for each declared output and
/// [OutputComparator#byDefault] for the rest.
public final class Comparators {
    /// Nothing declared.
    public static final Comparators DEFAULT = new Comparators(new TreeMap<>(), new TreeSet<>());

    /// Stands for the only output of a model, whatever its name.
    private static final String ONLY = "";

    private final SortedMap<String, OutputComparator> rules;
    private final SortedSet<String> automatic;

    Comparators(SortedMap<String, OutputComparator> rules, SortedSet<String> automatic) {
        this.rules = Collections.unmodifiableSortedMap(rules);
        this.automatic = Collections.unmodifiableSortedSet(automatic);
    }

    /// The rules of the `comparators` section of `model.yaml`, [#DEFAULT] without one.
    ///
    /// @throws InvalidConfigException for an unknown rule or key, or an impossible value
    public static Comparators parse(@Nullable ConfigNode section) throws InvalidConfigException {
        if (section instanceof ConfigNode.Mapping(var entries, int line) && entries.containsKey(ONLY)) {
            throw new InvalidConfigException(line, "a comparator needs the name of its output");
        }
        return section == null ? DEFAULT : ComparatorSection.parse(section);
    }

    /// One rule for a model with one output, which need not be named. A model with several has a [#problems].
    ///
    /// @throws InvalidConfigException as for a section
    public static Comparators ofOnlyOutput(ConfigNode rule) throws InvalidConfigException {
        return ComparatorSection.parse(new ConfigNode.Mapping(Map.of(ONLY, rule), rule.line()));
    }

    /// The declared rules by output name, in the order of the names; unmodifiable.
    public SortedMap<String, OutputComparator> rules() {
        return rules;
    }

    /// The outputs declared with `tolerance: auto`. Their rule in [#rules] is `close` with what is in force now: the
    /// datatype's default until [#with] sets another.
    public SortedSet<String> automatic() {
        return automatic;
    }

    /// The same rules, but for the tolerances of those [#automatic] outputs that have one here.
    public Comparators with(Map<String, Tolerance> tolerances) {
        SortedMap<String, OutputComparator> set = new TreeMap<>(rules);
        for (String output : automatic) {
            Tolerance tolerance = tolerances.get(output);
            if (tolerance != null && set.get(output) instanceof Close declared) {
                set.put(output, new Close(tolerance.atol(), tolerance.rtol(), declared.share()));
            }
        }
        return new Comparators(set, automatic);
    }

    /// Tells these rules from others, 16 hex digits: the same for the same declared rules and parameters and the same
    /// mapping, in whatever order they are written, on every machine and in every run.
    ///
    /// @param outputMapping the challenger's output names by the champion's
    public String fingerprint(Map<String, String> outputMapping) {
        return RuleFingerprint.of(rules, outputMapping);
    }

    /// What in these rules cannot work for a model with these outputs, one sentence each: outputs it does not have, and
    /// rules that do not fit an output's datatype. Empty when all is well.
    public List<String> problems(List<TensorSpec> outputs) {
        List<String> problems = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        String names = outputs.stream().map(TensorSpec::name).collect(Collectors.joining(", "));
        for (Map.Entry<String, OutputComparator> declared : rules.entrySet()) {
            String name = declared.getKey();
            if (name.equals(ONLY) && outputs.size() != 1) {
                problems.add("which output is meant must be said with output: NAME; the model has " + names);
                continue;
            }
            TensorSpec spec = outputs.stream().filter(output -> name.equals(ONLY) || output.name().equals(name))
                    .findFirst().orElse(null);
            if (spec == null) {
                missing.add(name);
            } else if (!declared.getValue().fits(spec.datatype())) {
                problems.add("comparators: rule " + declared.getValue().rule() + " of output " + spec.name()
                        + " does not fit "
                        + spec.datatype() + (automatic.contains(name)
                                ? ", which is compared exactly and has no tolerance to set; write identical"
                                : ""));
            }
        }
        if (!missing.isEmpty()) {
            problems.add("comparators: the model has no output " + String.join(", ", missing) + "; it has " + names);
        }
        return problems;
    }

    /// Compares two answers to one request. Runs in time proportional to the champion's outputs, on the calling thread.
    ///
    /// @param champion   the champion's outputs
    /// @param challenger the challenger's outputs under the champion's names; outputs the champion lacks are passed
    ///                   over
    public Difference compare(List<Tensor> champion, List<Tensor> challenger) {
        List<OutputDifference> differences = new ArrayList<>(champion.size());
        for (Tensor expected : champion) {
            OutputComparator declared = rules.getOrDefault(expected.name(), rules.get(ONLY));
            OutputComparator rule = declared == null ? OutputComparator.byDefault(expected.datatype()) : declared;
            if (!(rule instanceof OutputComparator.Ignore)) {
                differences.add(compare(rule, expected, named(expected.name(), challenger)));
            }
        }
        return new Difference(differences);
    }

    private static @Nullable Tensor named(String name, List<Tensor> tensors) {
        for (Tensor tensor : tensors) {
            if (tensor.name().equals(name)) {
                return tensor;
            }
        }
        return null;
    }

    private static OutputDifference compare(OutputComparator rule, Tensor expected, @Nullable Tensor actual) {
        String name = expected.name();
        if (actual == null) {
            return new Structural(name, "missing: the challenger has no such output");
        }
        if (actual.datatype() != expected.datatype()) {
            return new Structural(name,
                    "datatype: champion " + expected.datatype() + ", challenger " + actual.datatype());
        }
        if (!actual.shape().equals(expected.shape())) {
            return new Structural(name, "shape: champion " + expected.shape() + ", challenger " + actual.shape());
        }
        if (!rule.fits(expected.datatype())) {
            return new Structural(name, "rule: " + rule.rule() + " does not fit " + expected.datatype());
        }
        return ElementwiseComparison.of(rule, expected, actual);
    }
}
