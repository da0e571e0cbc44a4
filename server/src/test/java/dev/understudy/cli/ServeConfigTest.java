package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.understudy.engine.Limits;
import dev.understudy.runtime.DeviceChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServeConfigTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeEach
    void addModel() throws IOException {
        Files.createDirectories(folder.resolve("repository/digits/1"));
        Files.write(folder.resolve("repository/digits/1/model.onnx"), new byte[1]);
    }

    private ServeSettings settings(@Nullable String state, @Nullable String host) {
        return new ServeSettings(folder.resolve("repository"), state == null ? null : folder.resolve(state), host, null,
                null, null, null, null, null, null, null, null, null, null, null);
    }

    @Test
    void whatTheCommandLineSaysWinsOverTheFileAndDefaultsFillTheRest() throws Exception {
        ServeSettings line = settings("state", "::1");
        ServeSettings file = new ServeSettings(Path.of("/elsewhere"), null, "10.0.0.1", 9000, 9001, null, 9002, null,
                new DeviceChoice.Cuda(1), null,
                EventLog.Format.JSON, null, null, null, "triton");
        ServeConfig config = ServeConfig.of(line.or(file));
        assertEquals(folder.resolve("repository").toRealPath(), config.repository());
        assertEquals(folder.toRealPath().resolve("state"), config.state());
        assertEquals("::1", config.host());
        assertEquals(9000, config.httpPort());
        assertEquals(9001, config.grpcPort());
        assertEquals("127.0.0.1", config.managementHost());
        assertEquals(new DeviceChoice.Cuda(1), config.device());
        assertEquals(EventLog.Format.JSON, config.logFormat());
        assertEquals("triton", config.serverName());
        assertEquals(Limits.DEFAULT, config.limits());
    }

    @Test
    void aRepositoryHasToBeGivenToExistAndToHoldAModel() throws Exception {
        assertEquals(ExitCode.USAGE, refusal(ServeSettings.NONE).exitCode());
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Files.write(empty.resolve("stray.onnx"), new byte[1]);
        for (Path wrong : new Path[]{folder.resolve("none"), folder.resolve("repository/digits/1/model.onnx"), empty}) {
            var refusal = refusal(
                    new ServeSettings(wrong, null, null, null, null, null, null, null, null, null, null, null, null,
                            null, null));
            assertEquals(ExitCode.REPOSITORY, refusal.exitCode(), wrong.toString());
        }
        String message = refusal(
                new ServeSettings(empty, null, null, null, null, null, null, null, null, null, null, null, null, null,
                        null))
                .getMessage();
        assertTrue(String.valueOf(message).contains("put one at " + empty.resolve("NAME/1/model.onnx")));
    }

    private ServeConfig serving(Path repository) throws CommandFailure {
        return ServeConfig.of(new ServeSettings(repository, folder.resolve("state"), null, null, null, null, null, null,
                null, null, null, null, null, null, null));
    }

    /// As volumes of Kubernetes are laid out, and as a person links a model into a repository.
    @Test
    void aRepositoryMayBeMadeOfLinks() throws Exception {
        Path linked = Files.createDirectory(folder.resolve("linked"));
        Files.createSymbolicLink(linked.resolve("digits"), folder.resolve("repository/digits"));
        Files.createSymbolicLink(folder.resolve("itself"), linked);
        assertEquals(linked.toRealPath(), serving(folder.resolve("itself")).repository());
    }

    /// Such as the `lost+found` of a volume.
    @Test
    void aFolderNobodyMayReadDoesNotKeepTheRestFromBeingServed() throws Exception {
        Path locked = Files.createDirectory(folder.resolve("repository/locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(locked), "for this user every folder can be read");
        assertEquals(folder.resolve("repository").toRealPath(), serving(folder.resolve("repository")).repository());
    }

    @Test
    void theStateFolderMustNotOverlapTheRepository() throws Exception {
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("repository"));
        for (String state : new String[]{"repository", "repository/state", "link/state", "."}) {
            assertEquals(ExitCode.STATE, refusal(settings(state, null)).exitCode(), state);
        }
    }

    @Test
    void theBestDeviceServesWhereNoneIsGiven() throws Exception {
        assertEquals(new DeviceChoice.Auto(), ServeConfig.of(settings("state", null)).device());
    }

    @Test
    void theServerIsCalledUnderstudyWhereNoNameIsGiven() throws Exception {
        assertEquals("understudy", ServeConfig.of(settings("state", null)).serverName());
    }

    @Test
    void managementBeyondThisMachineNeedsAToken() throws Exception {
        ServeSettings open = new ServeSettings(folder.resolve("repository"), folder.resolve("state"), null, null,
                null, "0.0.0.0", null, null, null, null, null, null, null, null, null);
        assertEquals(ExitCode.USAGE, refusal(open).exitCode());
        Path token = Files.writeString(folder.resolve("token"), "secret\n");
        ServeSettings guarded = new ServeSettings(null, null, null, null, null, null, null, token, null, null, null,
                null, null, null, null);
        assertEquals("0.0.0.0", ServeConfig.of(open.or(guarded)).managementHost());
    }

    private static CommandFailure refusal(ServeSettings settings) {
        return assertThrows(CommandFailure.class, () -> ServeConfig.of(settings));
    }
}
