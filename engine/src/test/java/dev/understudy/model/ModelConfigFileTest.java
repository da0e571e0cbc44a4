package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelConfigFileTest {
    private final Path folder;

    ModelConfigFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static String refusal(String text) {
        return String.valueOf(
                assertThrows(InvalidConfigException.class, () -> parse(text), text).getMessage());
    }

    private static ModelConfig parse(String text) throws InvalidConfigException {
        return ModelConfigFile.parse(text, ModelConfig.DEFAULT);
    }

    @Test
    void everyKeyIsRead() throws InvalidConfigException {
        ModelConfig config = parse("""
                # what the digits model needs
                max_batch_size: 32
                dynamic_batching:
                  max_queue_delay_microseconds: 500
                  default_queue_policy: {max_queue_size: 256}
                instance_group:
                  - count: 2
                intra_op_threads: 4
                output_mapping: {scores: "probabilities"}
                comparators:
                  scores: {kind: allclose}
                criteria: []
                sampling:
                """);
        assertEquals(OptionalInt.of(32), config.maxBatchSize());
        assertEquals(500, config.maxQueueDelayMicroseconds());
        assertEquals(256, config.maxQueueSize());
        assertEquals(2, config.instanceCount());
        assertEquals(4, config.intraOpThreads());
        assertEquals(Map.of("scores", "probabilities"), config.outputMapping());
        assertEquals(Set.of("comparators", "criteria"), config.sections().keySet());
        assertEquals(new ConfigNode.Mapping(Map.of("scores",
                new ConfigNode.Mapping(Map.of("kind", new ConfigNode.Scalar("allclose", 11)), 11)), 11),
                config.sections().get("comparators"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing\n", "---\n", "---\n...\n"})
    void aFileThatSaysNothingChangesNothing(String text) throws InvalidConfigException {
        assertEquals(ModelConfig.DEFAULT, parse(text));
    }

    @Test
    void aGroupMayBeAMappingOrAListOfOne() throws InvalidConfigException {
        assertEquals(3, parse("instance_group: {count: 3}").instanceCount());
        assertEquals(3, parse("instance_group: [{count: 3}]").instanceCount());
        assertTrue(refusal("instance_group: [{count: 1}, {count: 2}]").contains("lists 2 groups"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            max_batchsize: 8                                    | line 1: unknown key max_batchsize; the keys are max_batch_size,
            dynamic_batching: {delay: 8}                        | line 1: unknown key dynamic_batching.delay; the keys of dynamic_batching are max_queue
            max_batch_size: 0                                   | line 1: max_batch_size is 0; write a whole number from 1 to
            max_batch_size: -3                                  | line 1: max_batch_size is -3; write
            max_batch_size: 1.5                                 | line 1: max_batch_size is 1.5; write
            max_batch_size: many                                | line 1: max_batch_size is many; write
            max_batch_size: [1]                                 | line 1: max_batch_size is not a number; write
            max_batch_size: 99999999999999999999                | line 1: max_batch_size is 99999999999999999999; write
            max_batch_size:                                     | line 1: max_batch_size has no value; write
            dynamic_batching: {max_queue_delay_microseconds: -1}| max_queue_delay_microseconds is -1; write a whole number from 0
            dynamic_batching: yes                               | line 1: dynamic_batching must be a mapping
            instance_group: {count: 0}                          | instance_group.count is 0; write
            output_mapping: [a]                                 | output_mapping must be a mapping; write CHAMPION_OUTPUT
            output_mapping: {a: x, b: x}                        | names the challenger's output x twice
            output_mapping: {a: {b: c}}                         | output_mapping.a is not the name of an output
            just words                                          | line 1: the file must be a mapping with keys among max_batch_size
            max_batch_size: !!python/object 3                   | the tag tag:yaml.org,2002:python/object means nothing here
            max_batch_size: !mine 3                             | line 1: the tag !mine means nothing here
            """)
    void whatIsWrongAndWhatWouldBeRightIsSaid(String text, String message) {
        assertTrue(refusal(text).contains(message), () -> refusal(text));
    }

    @Test
    void linesAreCountedFromOne() {
        assertTrue(refusal("max_batch_size: 4\n\n# more\nintra_op_threads: x\n").startsWith("line 4: "));
        assertTrue(refusal("max_batch_size: 4\nmax_batch_size: 8\n")
                .startsWith("line 2: the key max_batch_size is given a second time; it already stands on line 1"));
        assertTrue(refusal("max_batch_size: [4\nx: 1\n").startsWith("line "));
        assertTrue(refusal("a: 1\nb: \u0007\n").startsWith("line 2: not YAML"));
        assertTrue(refusal("max_batch_size: 4\n---\nmax_batch_size: 5\n").startsWith("line 2: a second document"));
    }

    @Test
    void aliasesStandForWhatTheyNameAndCannotGrowWithoutBound() throws InvalidConfigException {
        ModelConfig config = parse("comparators: {a: &t {rtol: 1}, b: *t}");
        ConfigNode.Mapping comparators = assertInstanceOf(ConfigNode.Mapping.class,
                config.sections().get("comparators"));
        assertEquals(List.of("a", "b"), List.copyOf(comparators.entries().keySet()));
        assertEquals(comparators.entries().get("a"), comparators.entries().get("b"));

        StringBuilder laughs = new StringBuilder("sampling:\n  l0: &l0 [x, x]\n");
        for (int i = 1; i < 30; i++) {
            laughs.append("  l").append(i).append(": &l").append(i).append(" [*l").append(i - 1).append(", *l")
                    .append(i - 1).append("]\n");
        }
        assertTrue(refusal(laughs.toString()).contains("more than"));
        assertTrue(refusal("sampling: &a [*a]").contains("no finished value"));
        assertTrue(refusal("sampling: *nowhere").contains("no finished value"));
    }

    @Test
    void deepNestingIsRefusedAndNotFollowed() {
        assertTrue(refusal("sampling: " + "[".repeat(500_000)).contains("nested deeper"));
    }

    @Test
    void filesThatAreTooLargeOrNoTextAreRefused() throws IOException, InvalidConfigException {
        Path marked = Files.writeString(folder.resolve("marked.yaml"), "\uFEFFmax_batch_size: 4");
        assertEquals(OptionalInt.of(4), ModelConfigFile.read(marked, ModelConfig.DEFAULT).maxBatchSize());
        Path large = Files.write(folder.resolve("model.yaml"), new byte[ConfigText.FILE_BYTES_MAX + 1]);
        assertThrows(InvalidConfigException.class, () -> ModelConfigFile.read(large, ModelConfig.DEFAULT));
        Path latin = Files.write(folder.resolve("latin.yaml"), "# \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThrows(InvalidConfigException.class, () -> ModelConfigFile.read(latin, ModelConfig.DEFAULT));
        assertThrows(IOException.class, () -> ModelConfigFile.read(folder.resolve("none"), ModelConfig.DEFAULT));
    }

    @Test
    void keysLeftOutHaveTheValuesOfTheOtherFileAndThoseGivenWin() throws Exception {
        ModelConfig triton = TritonConfigFile.parse("""
                max_batch_size: 8
                dynamic_batching { max_queue_delay_microseconds: 100 default_queue_policy { max_queue_size: 7 } }
                instance_group { count: 2 }
                """, folder, "m");
        ModelConfig both = ModelConfigFile.parse("max_batch_size: 16\ninstance_group: {count: 3}\n", triton);
        assertEquals(OptionalInt.of(16), both.maxBatchSize());
        assertEquals(3, both.instanceCount());
        assertEquals(100, both.maxQueueDelayMicroseconds());
        assertEquals(7, both.maxQueueSize());
        assertEquals(triton.triton(), both.triton());
    }
}
