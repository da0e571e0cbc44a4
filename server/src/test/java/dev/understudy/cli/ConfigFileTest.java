package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.Limits;
import dev.understudy.engine.ShadowConfig;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.runtime.CudaSettings;
import dev.understudy.runtime.DeviceChoice;
import dev.understudy.runtime.Isolation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigFileTest {
    private static final Path FOLDER = Path.of("/etc/understudy");

    @Test
    void everyKeyIsReadAndRelativePathsStandRelativeToTheFile() throws Exception {
        ServeSettings settings = ConfigFile.parse(
                """
                        repository: models
                        state: /var/lib/understudy
                        host: 127.0.0.1
                        http_port: 9000
                        grpc_port: 9001
                        management_host: 127.0.0.2
                        management_port: 0
                        management_token_file: ../token
                        device: cuda:2
                        cuda: {use_tf32: false, prefer_nhwc: true, cpu_fallback: false, challenger_sms: 16, challenger_memory_max: 3GiB}
                        log_format: json
                        server_name: triton
                        limits:
                          request_bytes_max: 1MiB
                          shadow_age_max: 2500ms
                          shadow_queue_rows_max: 7
                        shadow: {isolation: priority, max_device_share: 0.25}
                        """,
                FOLDER);
        Limits limits = settings.limits();
        assertNotNull(limits);
        assertEquals(1 << 20, limits.requestBytesMax());
        assertEquals(Duration.ofMillis(2500), limits.shadowAgeMax());
        assertEquals(7, limits.shadowQueueRowsMax());
        assertEquals(Limits.DEFAULT.drainMax(), limits.drainMax());
        assertEquals(new ServeSettings(FOLDER.resolve("models"), Path.of("/var/lib/understudy"), "127.0.0.1", 9000,
                9001, "127.0.0.2", 0, Path.of("/etc/token"), new DeviceChoice.Cuda(2),
                new CudaSettings(CudaSettings.DEFAULT.device(), false, true, false, 16, 3L << 30), EventLog.Format.JSON,
                limits,
                new ShadowConfig(Isolation.PRIORITY, 0.25), null, "triton"), settings);
    }

    @Test
    void anEmptyFileSaysNothing() throws Exception {
        assertEquals(ServeSettings.NONE, ConfigFile.parse("# nothing yet\n", FOLDER));
    }

    /// Each key by itself, so that none stands for another.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            use_tf32: false               | 0, false, false, true, 32, 4294967296
            use_tf32: true                | 0, true, false, true, 32, 4294967296
            prefer_nhwc: true             | 0, true, true, true, 32, 4294967296
            cpu_fallback: false           | 0, true, false, false, 32, 4294967296
            challenger_sms: 9999999       | 0, true, false, true, 9999999, 4294967296
            challenger_memory_max: 512MiB | 0, true, false, true, 32, 536870912
            """)
    void whatIsNotSaidOfTheGpuKeepsItsDefault(String line, String expected) throws Exception {
        List<String> words = List.of(expected.split(", "));
        assertEquals(new CudaSettings(Integer.parseInt(words.get(0)), Boolean.parseBoolean(words.get(1)),
                Boolean.parseBoolean(words.get(2)), Boolean.parseBoolean(words.get(3)), Integer.parseInt(words.get(4)),
                Long.parseLong(words.get(5))), ConfigFile.parse("cuda:\n  " + line, FOLDER).cuda());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            "host: a\\nhtpp_port: 1"                             | line 2: unknown key `htpp_port`
            "limits:\\n  queue: 1"                               | line 2: unknown key `queue`
            "host: a\\nhost: b"                                  | line 2:
            "http_port: 65536"                                  | line 1: `http_port` is a port, 0 to 65535, not `65536`
            "http_port: many"                                   | line 1: `http_port` is a port, 0 to 65535, not `many`
            "\\n\\ndevice: cuda:x"                                | line 3: unknown device `cuda:x`; known are cpu, cuda, cuda:N, auto
            "device: tpu"                                       | line 1: unknown device `tpu`
            "log_format: xml"                                   | line 1: `log_format` is text or json, not `xml`
            "host: [a, b]"                                      | line 1: one value is expected here
            "- a"                                               | line 1: keys and values are expected here
            "limits: 7"                                         | line 1: keys and values are expected here
            "limits:\\n  drain_max: 10"                          | line 2: `drain_max` is a duration such as 50ms
            "limits:\\n  drain_max: 0s"                          | line 2: `drain_max` is a duration such as 50ms
            "limits:\\n  capture_bytes_max: 16MB"                | line 2: `capture_bytes_max` is a size such as 512KiB
            "limits:\\n  capture_bytes_max: 99999999TiB"         | line 2: `capture_bytes_max` is a size
            "limits:\\n  challengers_max: 9\\n  request_bytes_max: 4GiB" | line 3: `request_bytes_max` is less than 2GiB
            "limits:\\n  request_bytes_max: 2147483584B"         | line 2: `request_bytes_max` is less than 2GiB
            "limits:\\n  challengers_max: 1.5"                   | line 2: `challengers_max` is a whole number above 0
            "limits:\\n  challengers_max: 3000000000"            | line 2: `challengers_max` is a whole number above 0
            "host: 'a"                                          | line 1: not YAML
            "shadow: paced"                                     | line 1: keys and values are expected here
            "shadow:\\n  isolation: full"                      | line 2: `isolation` is none, priority, paced or partitioned, not `full`
            "shadow: {max_device_share: 0}"                     | line 1: `max_device_share` is a number above 0 and at most 1, not `0`
            "shadow: {max_device_share: 50%}"                   | line 1: `max_device_share` is a number above 0
            "cuda: fast"                                        | line 1: keys and values are expected here, such as `use_tf32: ...`
            "cuda:\\n  tf32: true"                              | line 2: unknown key `tf32`; known are use_tf32, prefer_nhwc, cpu_fallback, challenger_sms, challenger_memory_max
            "cuda:\\n  use_tf32: yes"                           | line 2: `use_tf32` is true or false, not `yes`
            "cuda: {prefer_nhwc: 1}"                            | line 1: `prefer_nhwc` is true or false, not `1`
            "cuda: {cpu_fallback: [true]}"                      | line 1: one value is expected here
            "cuda: {challenger_sms: 0}"                         | line 1: `challenger_sms` is a whole number above 0, not `0`
            "cuda: {challenger_sms: 12.5}"                      | line 1: `challenger_sms` is a whole number above 0, not `12.5`
            "cuda: {challenger_sms: 10000000}"                  | line 1: `challenger_sms` is a whole number above 0, not `10000000`
            "cuda: {challenger_memory_max: 0}"                  | line 1: `challenger_memory_max` is a size such as 512MiB or 4GiB, not `0`
            "cuda: {challenger_memory_max: half}"               | line 1: `challenger_memory_max` is a size such as 512MiB or 4GiB, not `half`
            "alerts: {webhook: 'https://x/y'}"                  | line 1: `alerts` needs webhook, an address, and secret_file
            "alerts: {secret_file: none, webhook: 'ftp://x'}"   | line 1: the secret file
            "a: &x [*x]"                                        | line 1:
            """)
    void whatCannotBeUsedIsRefusedWithItsLine(String yaml, String start) {
        var refusal = assertThrows(InvalidConfigException.class,
                () -> ConfigFile.parse(yaml.replace("\\n", "\n"), FOLDER));
        assertTrue(String.valueOf(refusal.getMessage()).startsWith(start), refusal.getMessage());
    }

    @Test
    void theLineOfTheLimitsReadsBackAsTheSameLimits() throws Exception {
        Limits odd = ConfigFile
                .parse("limits: {shadow_batch_delay_max: 1500us, request_bytes_max: 1025, drain_max: 90s}",
                        FOLDER)
                .limits();
        assertNotNull(odd);
        for (Limits limits : new Limits[]{Limits.DEFAULT, odd}) {
            String yaml = LimitsSection.describe(limits).replaceFirst("limits ", "limits:\n  ").replace(" ", "\n  ")
                    .replace("\n  \n  \n", "\n").replace("=", ": ");
            assertEquals(limits, ConfigFile.parse(yaml.replaceAll("\n +", "\n  "), FOLDER).limits());
        }
    }

    @Test
    void aFileThatIsNotThereIsAWrongUsage(@TempDir Path folder) throws Exception {
        assertEquals(ExitCode.USAGE,
                assertThrows(CommandFailure.class, () -> ConfigFile.read(folder.resolve("none.yaml"))).exitCode());
        Path file = Files.writeString(folder.resolve("bad.yaml"), "hots: a\n");
        var failure = assertThrows(CommandFailure.class, () -> ConfigFile.read(file));
        assertTrue(String.valueOf(failure.getMessage()).contains("bad.yaml: line 1: unknown key `hots`"));
        Path binary = Files.write(folder.resolve("binary.yaml"), new byte[]{(byte) 0xff, (byte) 0xfe});
        assertEquals(ExitCode.USAGE, assertThrows(CommandFailure.class, () -> ConfigFile.read(binary)).exitCode());
        assertNull(ServeSettings.NONE.limits());
    }
}
