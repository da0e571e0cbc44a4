package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// Configurations that somebody's editor, copy or script has damaged: read, or refused with a place, and nothing else.
class DamagedTritonConfigTest {
    private static final String WHOLE = """
            name: "m" platform: "onnxruntime_onnx" max_batch_size: 8
            input [ { name: "a" data_type: TYPE_FP32 dims: [ 3, -1 ] reshape { shape: [ 1, 3, -1 ] } },
                    { name: "b" data_type: TYPE_STRING dims: 1 } ]
            output { name: "c" data_type: TYPE_INT64 dims: [ 2, 2 ] reshape { shape: 4 } }
            dynamic_batching { preferred_batch_size: [ 4, 8 ] max_queue_delay_microseconds: 100 }
            instance_group [ { count: 2 kind: KIND_CPU } ] version_policy { specific { versions: [ 1, 2 ] } }
            model_warmup { name: "w" batch_size: 2 count: 3
              inputs { key: "a" value { data_type: TYPE_FP32 dims: [ 3, 5 ] random_data: true } }
              inputs { key: "b" value { data_type: TYPE_STRING dims: 1 zero_data: true } } }
            parameters { key: "p" value { string_value: "v\\377" } }
            """;
    private static final List<String> PIECES = List.of("{", "}", "[", "]", "-", "0", "9223372036854775808", "\"", ":",
            "\n", "#", "name", "dims: 0", "\u0000", "é", "1e9", "reshape { }", "[type.googleapis.com/x] { }", "input {",
            "", "", "", "");

    @Property(tries = 3000)
    void everyDamageIsReadOrRefusedWithItsPlace(@ForAll @Size(min = 1, max = 4) List<@IntRange(max = 900) Integer> at,
            @ForAll @IntRange(max = 22) int piece, @ForAll @IntRange(max = 20) int cut) throws IOException {
        StringBuilder text = new StringBuilder(WHOLE);
        for (int position : at) {
            int begin = Math.min(position, text.length());
            text.replace(begin, Math.min(text.length(), begin + cut), PIECES.get((piece + position) % PIECES.size()));
        }
        try {
            TritonConfigFile.parse(text.toString(), Path.of("none"), "m");
        } catch (InvalidConfigException refusal) {
            String reason = String.valueOf(refusal.getMessage());
            assertTrue(reason.matches("line [1-9][0-9]*, column [1-9][0-9]*: .+"), reason);
        }
    }
}
