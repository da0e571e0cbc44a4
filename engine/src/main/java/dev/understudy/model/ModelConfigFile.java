package dev.understudy.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `model.yaml`: YAML 1.2, UTF-8, one mapping. Nothing is guessed: an unknown key, a key twice, a value of the
/// wrong kind or out of range is refused with its line.
public final class ModelConfigFile {
    static final int BATCH_ROWS_MAX = 65_536;
    /// Ten seconds: no client waits longer for a batch to fill.
    static final int QUEUE_DELAY_MICROSECONDS_MAX = 10_000_000;
    static final int QUEUE_SIZE_MAX = 1_000_000;
    static final int INSTANCES_MAX = 1024;
    private static final int THREADS_MAX = 1024;

    private static final List<String> SECTIONS = List.of("comparators", "criteria", "sampling", "task");
    private static final List<String> KEYS = List.of("max_batch_size", "dynamic_batching", "instance_group",
            "intra_op_threads", "output_mapping", "comparators", "criteria", "sampling", "task");

    private ModelConfigFile() {}

    /// Reads and checks the file.
    ///
    /// @param base the values of keys it leaves out
    /// @throws InvalidConfigException when the text cannot be used
    /// @throws IOException            when the file cannot be read
    public static ModelConfig read(Path file, ModelConfig base) throws IOException, InvalidConfigException {
        return parse(ConfigText.read(file), base);
    }

    /// Checks a configuration's text; keys it leaves out have the values of `base`.
    public static ModelConfig parse(String text, ModelConfig base) throws InvalidConfigException {
        ConfigSection root = ConfigSection.of("", YamlText.parse(text), KEYS);
        ConfigSection batching = root.section("dynamic_batching",
                List.of("max_queue_delay_microseconds", "default_queue_policy"));
        ConfigSection policy = batching.section("default_queue_policy", List.of("max_queue_size"));
        ConfigSection group = ConfigSection.of("instance_group", onlyGroup(root.entries().get("instance_group")),
                List.of("count"));
        Map<String, ConfigNode> sections = new HashMap<>();
        for (String name : SECTIONS) {
            ConfigNode node = root.entries().get(name);
            if (node != null && !ConfigSection.isEmpty(node)) {
                sections.put(name, node);
            }
        }
        OptionalInt rows = root.wholeNumber("max_batch_size", 1, BATCH_ROWS_MAX);
        return new ModelConfig(rows.isPresent() ? rows : base.maxBatchSize(),
                batching.wholeNumber("max_queue_delay_microseconds", 0, QUEUE_DELAY_MICROSECONDS_MAX)
                        .orElse((int) base.maxQueueDelayMicroseconds()),
                policy.wholeNumber("max_queue_size", 1, QUEUE_SIZE_MAX).orElse(base.maxQueueSize()),
                group.wholeNumber("count", 1, INSTANCES_MAX).orElse(base.instanceCount()),
                root.wholeNumber("intra_op_threads", 0, THREADS_MAX).orElse(base.intraOpThreads()),
                outputMapping(root.entries().get("output_mapping")), sections, base.triton());
    }

    /// Triton writes a list of groups; here a model has one.
    private static @Nullable ConfigNode onlyGroup(@Nullable ConfigNode node) throws InvalidConfigException {
        if (node instanceof ConfigNode.Sequence(List<ConfigNode> groups, int line)) {
            if (groups.size() != 1) {
                throw new InvalidConfigException(line, "instance_group lists " + groups.size()
                        + " groups; write one, as a mapping or as a list of one");
            }
            return groups.getFirst();
        }
        return node;
    }

    private static Map<String, String> outputMapping(@Nullable ConfigNode node) throws InvalidConfigException {
        if (node == null || ConfigSection.isEmpty(node)) {
            return Map.of();
        }
        String right = "; write CHAMPION_OUTPUT: CHALLENGER_OUTPUT";
        if (!(node instanceof ConfigNode.Mapping(Map<String, ConfigNode> entries, int _))) {
            throw new InvalidConfigException(node.line(), "output_mapping must be a mapping" + right);
        }
        Map<String, String> mapping = new LinkedHashMap<>();
        Set<String> challengerOutputs = new HashSet<>();
        for (Map.Entry<String, ConfigNode> entry : entries.entrySet()) {
            int line = entry.getValue().line();
            if (!(entry.getValue() instanceof ConfigNode.Scalar(String output, int _)) || output.isEmpty()) {
                throw new InvalidConfigException(line,
                        "output_mapping." + entry.getKey() + " is not the name of an output" + right);
            }
            if (!challengerOutputs.add(output)) {
                throw new InvalidConfigException(line, "output_mapping names the challenger's output " + output
                        + " twice; each output can be compared with one other");
            }
            mapping.put(entry.getKey(), output);
        }
        return mapping;
    }
}
