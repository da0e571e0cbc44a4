package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.TensorDeclarations.Declared;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TritonConfigFileTest {
    private final Path folder;

    TritonConfigFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private ModelConfig parse(String text) throws IOException, InvalidConfigException {
        return TritonConfigFile.parse(text, folder, "m");
    }

    private String refusal(String text) {
        return String.valueOf(assertThrows(InvalidConfigException.class, () -> parse(text), text).getMessage());
    }

    @Test
    void whatIsSupportedIsMapped() throws Exception {
        ModelConfig config = parse("""
                name: "m"  # the folder's
                platform: "onnxruntime_onnx"
                max_batch_size : 8
                input [
                  { name: "image" data_type: TYPE_FP32 format: FORMAT_NCHW dims: [ 3, -1, 224 ]
                    reshape { shape: [ 1, 3, -1, 224 ] } },
                  { name: "label" data_type: TYPE_STRING dims: 1 }
                ]
                output { name: "scores", data_type: TYPE_BF16, dims: [ 10 ] }
                dynamic_batching {
                  preferred_batch_size: [ 8, 4 ]
                  max_queue_delay_microseconds: 250
                  default_queue_policy { max_queue_size: 32 }
                }
                instance_group [ { count: 2 kind: KIND_CPU }, { kind: KIND_AUTO } ]
                version_policy: { latest { num_versions: 2 } }
                default_model_filename: "model.onnx"
                """);
        assertEquals(OptionalInt.of(8), config.maxBatchSize());
        assertEquals(250, config.maxQueueDelayMicroseconds());
        assertEquals(32, config.maxQueueSize());
        assertEquals(3, config.instanceCount());
        TritonConfig triton = config.triton();
        assertEquals("", triton.ignored());
        assertEquals(8, triton.maxBatchSize());
        assertEquals(List.of(4, 8), triton.preferredBatchSizes());
        assertEquals(new VersionPolicy.Latest(2), triton.versions());
        assertEquals(new TensorDeclarations(true,
                List.of(new Declared("image", DataType.FP32, Shape.of(-1, 3, -1, 224), Shape.of(-1, 1, 3, -1, 224),
                        "FORMAT_NCHW", Labels.NONE),
                        new Declared("label", DataType.BYTES, Shape.of(-1, 1), Shape.of(-1, 1), "FORMAT_NONE",
                                Labels.NONE)),
                List.of(new Declared("scores", DataType.BF16, Shape.of(-1, 10), Shape.of(-1, 10), "", Labels.NONE)),
                Set.of()),
                triton.tensors());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                             | -1
            dynamic_batching { }                                           | -1
            max_batch_size: 0                                              | 1
            output { name: "y" data_type: TYPE_FP32 dims: 1 }              | 1
            max_batch_size: 8                                              | 1
            max_batch_size: 8 dynamic_batching { }                         | 8
            max_batch_size: 8 sequence_batching { }                        | 1
            """)
    void requestsShareRunsWhereTritonWouldLetThem(String text, int rows) throws Exception {
        assertEquals(rows < 0 ? OptionalInt.empty() : OptionalInt.of(rows), parse(text).maxBatchSize());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            version_policy { all { } }                                     | All[]
            version_policy { latest { } }                                  | Latest[count=1]
            version_policy { specific { versions: [ 3 ] } }                | Specific[versions=[3]]
            name: "m"                                                      | Unstated[highestFirst=true]
            """)
    void versionPoliciesAreRead(String text, String policy) throws Exception {
        assertEquals(policy, parse(text).triton().versions().toString());
    }

    @Test
    void labelsAreTheLinesOfAFileInTheFolder() throws Exception {
        Files.writeString(folder.resolve("labels.txt"), "cat\ndog\r\n\nchien \u00e9l\u00e9gant");
        String text = "output { name: 'y' data_type: TYPE_FP32 dims: 4 label_filename: '%s' }";
        TritonConfig triton = parse(text.formatted("labels.txt")).triton();
        assertEquals("", triton.ignored());
        Labels labels = triton.tensors().outputs().getFirst().labels();
        assertEquals(new Labels("labels.txt", List.of("cat", "dog", "", "chien \u00e9l\u00e9gant")), labels);
        assertEquals("cat, dog, , " + "chien \u00e9l\u00e9gant, ",
                labels.of(0) + ", " + labels.of(1) + ", " + labels.of(2) + ", " + labels.of(3) + ", " + labels.of(4));
        for (String wrong : List.of("gone.txt", "../m/labels.txt", "..", "/etc/hostname")) {
            String sentence = refusal(text.formatted(wrong));
            assertTrue(sentence.contains("label_filename") && sentence.contains("in the model's folder"), sentence);
        }
    }

    @Test
    void whatHasNoEffectIsNamedOnceWithItsLine() throws Exception {
        assertEquals("without effect here: instance_group.gpus (line 5), instance_group.kind (line 5; all"
                + " models run on the server's --device),"
                + " dynamic_batching.priority_levels (line 4), optimization (line 2), parameters (line 1)",
                parse("""
                        parameters { key: "a" value { string_value: "b" } } parameters { key: "c" value { } }
                        optimization { cuda { graphs: true } }

                        dynamic_batching { priority_levels: 3 }
                        instance_group [ { gpus: [ 0 ] kind: KIND_GPU }, { kind: KIND_GPU } ]
                        """).triton().ignored());
    }

    @Test
    void sequenceControlsBecomePlainInputs() throws Exception {
        TritonConfig triton = parse(
                """
                        max_batch_size: 8
                        sequence_batching {
                          control_input [ { name: "START" control [ { kind: CONTROL_SEQUENCE_START int32_false_true: [ 0, 1 ] } ] } ]
                          state [ { input_name: "STATE" output_name: "NEXT" data_type: TYPE_INT32 dims: [ 1 ] } ]
                        }
                        """)
                .triton();
        assertEquals(Set.of("START", "STATE"), triton.tensors().controls());
        assertEquals("without effect here: sequence_batching (line 2)", triton.ignored());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            name: "other"                              | line 1, column 1: name is 'other', but the folder is 'm'
            platform: "tensorrt_plan"                  | line 1, column 1: platform is 'tensorrt_plan'; this server runs ONNX
            name: "m" backend: "python"                | line 1, column 11: backend is 'python'; this server runs ONNX
            default_model_filename: "net.onnx"         | must be called model.onnx
            max_batch_size: -1                         | line 1, column 1: max_batch_size is -1; write a whole number from 0
            max_batch_size: 70000                      | max_batch_size is 70000; write
            max_batch_size: 8.5                        | line 1, column 17:
            max_batch_size: "8"                        | line 1, column 17:
            max_batch_size: 99999999999                | line 1, column 17:
            max_batch_size: 1 max_batch_size: 2        | line 1, column 33: Non-repeated field
            max_batchsize: 1                           | line 1, column 1: unknown field ModelConfig.max_batchsize
            input { nam: "x" }                         | line 1, column 9: unknown field ModelInput.nam
            input {                                    | line 1, column 8:
            {                                          | line 1, column 1:
            <?xml version="1.0"?>                      | line 1, column
            input { data_type: TYPE_FP32 dims: 1 }     | input.name is missing
            input { name: "x" dims: 1 }                | input.data_type of 'x' is missing or unknown
            input { name: "x" data_type: TYPE_FP99 }   | has no value named "TYPE_FP99"
            input { name: "x" data_type: 99 dims: 1 }  | input.data_type of 'x' is missing or unknown
            input { name: "x" data_type: TYPE_FP32 }   | input.dims of 'x' are missing
            output { name: "x" data_type: TYPE_FP32 dims: 0 }   | output.dims of 'x' has 0; a dimension is
            output { name: "x" data_type: TYPE_FP32 dims: -2 }  | output.dims of 'x' has -2; a dimension is
            input [ { name: "x" data_type: TYPE_FP32 dims: 1 }, { name: "x" data_type: TYPE_FP32 dims: 1 } ] | line 1, column 55: input.name 'x' is given twice
            input { name: "x" data_type: TYPE_FP32 dims: 4 reshape { shape: 5 } } | input.reshape of 'x' to [5] does not hold as many elements as dims [4]
            input { name: "x" data_type: TYPE_FP32 dims: 4 reshape { shape: 0 } } | input.reshape.shape of 'x' has 0
            max_batch_size: 4 dynamic_batching { preferred_batch_size: 8 }        | preferred_batch_size lists 8; sizes are
            max_batch_size: 4 dynamic_batching { preferred_batch_size: 0 }        | preferred_batch_size lists 0; sizes are
            dynamic_batching { max_queue_delay_microseconds: 99999999 }           | max_queue_delay_microseconds is 99999999; write at most
            dynamic_batching { max_queue_delay_microseconds: -1 }                 | line 1, column
            dynamic_batching { default_queue_policy { max_queue_size: 4000000000 } } | max_queue_size is 4000000000; write at most
            instance_group { count: -1 }               | instance_group.count is -1; write
            instance_group [ { count: 1000 }, { count: 1000 } ]                   | instance_group.count is 1000; write
            version_policy { specific { } }            | version_policy.specific lists no versions
            version_policy { specific { versions: [ "1" ] } }                     | line 1, column
            version_policy { all { } latest { } }      | line 1, column
            """)
    void whatCannotBeUsedIsRefusedWithItsPlace(String text, String message) {
        assertTrue(refusal(text).startsWith("line 1, column "), () -> refusal(text));
        assertTrue(refusal(text).contains(message.strip()), () -> refusal(text));
    }

    @Test
    void linesAndColumnsAreCountedFromOne() {
        assertTrue(
                refusal("name: \"m\"\n\n  max_batch_size: -4\n").startsWith("line 3, column 3: max_batch_size is -4"));
        assertTrue(refusal("name: \"m\"\ninput [\n  { name: \"x\" data_type: TYPE_FP32 dims: [ 4, 0 ] }\n]\n")
                .startsWith("line 3, column 36: input.dims of 'x' has 0"));
    }

    @Test
    void aFileOfAnotherKindIsRefused() throws IOException {
        Files.write(folder.resolve("config.pbtxt"), new byte[ConfigText.FILE_BYTES_MAX + 1]);
        assertTrue(String.valueOf(assertThrows(InvalidConfigException.class, () -> TritonConfigFile.read(folder, "m"))
                .getMessage()).contains("larger than 1 MiB"));
        assertTrue(refusal("optimization " + "{ cuda { graph_spec ".repeat(50_000)).startsWith("line 1, column "));
    }

    @Test
    void samplesAreMadeOfZerosNoiseAndFiles() throws Exception {
        Files.createDirectories(folder.resolve("warmup"));
        Files.write(folder.resolve("warmup/row"), new byte[]{1, 2});
        String text = """
                max_batch_size: 4
                input [ { name: "a" data_type: TYPE_INT8 dims: [ 2 ] reshape { shape: [ 2, 1 ] } },
                        { name: "b" data_type: TYPE_FP32 dims: [ -1 ] }, { name: "c" data_type: TYPE_STRING dims: [ 1 ] } ]
                model_warmup [
                  { name: "once" batch_size: 2
                    inputs { key: "a" value { data_type: TYPE_INT8 dims: [ 2 ] input_data_file: "row" } }
                    inputs { key: "b" value { data_type: TYPE_FP32 dims: [ 3 ] random_data: true } }
                    inputs { key: "c" value { data_type: TYPE_STRING dims: [ 1 ] random_data: false } } },
                  { count: 3 inputs { key: "b" value { data_type: TYPE_FP32 dims: [ 1 ] zero_data: true } } }
                ]
                """;
        List<WarmupSample> samples = parse(text).triton().warmup();
        WarmupSample once = samples.getFirst();
        assertEquals("the model_warmup sample 'once'", once.what());
        assertEquals(1, once.runs());
        assertEquals(List.of("a INT8[2,2,1]", "b FP32[2,3]", "c BYTES[2,1]"),
                once.inputs().stream().map(Tensor::toString).toList());
        assertEquals(List.of((byte) 1, (byte) 2, (byte) 1, (byte) 2), bytes(once.inputs().getFirst()));
        assertEquals(8, once.inputs().get(2).byteSize());
        for (int i = 0; i < 6; i++) {
            float noise = once.inputs().get(1).data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            assertTrue(noise >= 1 && noise < 2, "" + noise);
        }
        assertEquals(bytes(once.inputs().get(1)), bytes(parse(text).triton().warmup().getFirst().inputs().get(1)),
                "the same noise every time");
        assertEquals(3, samples.get(1).runs());
        assertEquals(List.of((byte) 0, (byte) 0, (byte) 0, (byte) 0), bytes(samples.get(1).inputs().getFirst()));
    }

    private static List<Byte> bytes(Tensor tensor) {
        byte[] raw = tensor.data().toArray(ValueLayout.JAVA_BYTE);
        Byte[] boxed = new Byte[raw.length];
        for (int i = 0; i < raw.length; i++) {
            boxed[i] = raw[i];
        }
        return List.of(boxed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FP16", "BF16", "FP64", "BOOL", "UINT8", "UINT64", "INT32"})
    void everyDatatypeHasNoise(String datatype) throws Exception {
        Tensor tensor = parse("model_warmup { inputs { key: 'x' value { data_type: TYPE_" + datatype
                + " dims: [ 9 ] random_data: true } } }").triton().warmup().getFirst().inputs().getFirst();
        assertEquals(DataType.valueOf(datatype), tensor.datatype());
        assertFalse(bytes(tensor).stream().allMatch(b -> b == 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            inputs { key: "x" value { data_type: TYPE_FP32 dims: 1 } }                             | has no data; write zero_data
            inputs { key: "x" value { dims: 1 zero_data: true } }                                  | has no data_type
            inputs { key: "x" value { data_type: TYPE_FP32 dims: -1 zero_data: true } }            | has dims [-1]; a sample's
            inputs { key: "x" value { data_type: TYPE_FP32 dims: [ 99999, 99999 ] zero_data: true } }  | beyond 67108864 bytes
            inputs { key: "x" value { data_type: TYPE_FP32 dims: [ 9223372036854775807, 2 ] zero_data: true } } | beyond 67108864
            inputs { key: "x" value { data_type: TYPE_FP32 dims: 1 input_data_file: "../secret" } } | there is no file '..?secret'
            inputs { key: "x" value { data_type: TYPE_FP32 dims: 1 input_data_file: "none" } }     | there is no file 'none' in the model's folder warmup
            batch_size: 2                                                                          | batch_size is 2; without a max_batch_size
            count: 5000                                                                            | count is 5000; write at most 1000
            """)
    void samplesThatCannotBeMadeAreRefused(String sample, String message) {
        String refusal = refusal("model_warmup { " + sample + " }");
        assertTrue(refusal.startsWith("line 1, column "), refusal);
        assertTrue(refusal.contains(message), refusal);
    }

    @Test
    void aSampleSuitsWhatIsDeclaredOfItsInput() throws IOException {
        String input = "input { name: 'x' data_type: TYPE_FP32 dims: [ 4 ] } model_warmup { inputs { key: 'x' value { ";
        assertTrue(refusal(input + "data_type: TYPE_FP64 dims: [ 4 ] zero_data: true } } }")
                .contains("no data_type that"));
        assertTrue(refusal(input + "data_type: TYPE_FP32 dims: [ 5 ] zero_data: true } } }")
                .contains("has dims [5], which do not suit"));
        Files.createDirectories(folder.resolve("warmup"));
        Files.write(folder.resolve("warmup/short"), new byte[3]);
        assertTrue(refusal(input + "data_type: TYPE_FP32 dims: [ 4 ] input_data_file: 'short' } } }")
                .contains("the data in input_data_file are not what FP32[4] takes"));
    }

    @Test
    void whatIsReadNeedsNoFile() throws Exception {
        ModelConfig config = parse("");
        assertInstanceOf(VersionPolicy.Unstated.class, config.triton().versions());
        assertEquals(TensorDeclarations.NONE, config.triton().tensors());
        assertEquals(ModelConfig.DEFAULT.instanceCount(), config.instanceCount());
    }
}
