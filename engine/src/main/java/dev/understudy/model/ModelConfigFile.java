package dev.understudy.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `model.yaml`: YAML 1.2, UTF-8, one mapping. Nothing is guessed: an unknown key, a key twice, a value of the
/// wrong kind or out of range is refused with its line.
public final class ModelConfigFile {
    /// A configuration is written by hand; anything larger is another file under its name.
    static final int FILE_BYTES_MAX = 1 << 20;

    private static final int BATCH_ROWS_MAX = 65_536;
    /// Ten seconds: no client waits longer for a batch to fill.
    private static final int QUEUE_DELAY_MICROSECONDS_MAX = 10_000_000;
    private static final int QUEUE_SIZE_MAX = 1_000_000;
    private static final int INSTANCES_MAX = 1024;
    private static final int THREADS_MAX = 1024;

    private static final List<String> SECTIONS = List.of("comparators", "criteria", "sampling");
    private static final List<String> KEYS = List.of("max_batch_size", "dynamic_batching", "instance_group",
            "intra_op_threads", "output_mapping", "comparators", "criteria", "sampling");

    private ModelConfigFile() {}

    /// Reads and checks the file.
    ///
    /// @throws InvalidConfigException when the text cannot be used
    /// @throws IOException            when the file cannot be read
    public static ModelConfig read(Path file) throws IOException, InvalidConfigException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(FILE_BYTES_MAX + 1);
        }
        if (bytes.length > FILE_BYTES_MAX) {
            throw new InvalidConfigException(1, "the file is larger than 1 MiB");
        }
        try {
            return parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            throw new InvalidConfigException(1, "the file is not UTF-8 text");
        }
    }

    /// Checks a configuration's text; keys it leaves out have the values of [ModelConfig#DEFAULT].
    public static ModelConfig parse(String text) throws InvalidConfigException {
        ConfigSection root = ConfigSection.of("", YamlText.parse(text.startsWith("\uFEFF") ? text.substring(1) : text),
                KEYS);
        ModelConfig defaults = ModelConfig.DEFAULT;
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
        return new ModelConfig(root.wholeNumber("max_batch_size", 1, BATCH_ROWS_MAX),
                batching.wholeNumber("max_queue_delay_microseconds", 0, QUEUE_DELAY_MICROSECONDS_MAX)
                        .orElse((int) defaults.maxQueueDelayMicroseconds()),
                policy.wholeNumber("max_queue_size", 1, QUEUE_SIZE_MAX).orElse(defaults.maxQueueSize()),
                group.wholeNumber("count", 1, INSTANCES_MAX).orElse(defaults.instanceCount()),
                root.wholeNumber("intra_op_threads", 0, THREADS_MAX).orElse(defaults.intraOpThreads()),
                outputMapping(root.entries().get("output_mapping")), sections);
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
