package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.Limits;
import dev.understudy.engine.ShadowConfig;
import dev.understudy.runtime.CudaSettings;
import dev.understudy.runtime.DeviceChoice;
import dev.understudy.server.management.ManagementConfig;
import dev.understudy.server.plane.ServerIdentity;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class RunningServerTest {
    @Test
    void whatFailsAfterTheEngineHasStartedStopsTheEngineAgain(@TempDir Path folder) throws Exception {
        Path model = Files.createDirectories(folder.resolve("repository/digits/1")).resolve("model.onnx");
        Files.copy(Path.of("..", "models", "repository", "digits", "1.onnx"), model);
        Limits good = Limits.DEFAULT;
        Limits tooLarge = new Limits(1L << 32, good.admissionBytesMax(), good.modelMemoryBytesMax(),
                good.shadowQueueRowsMax(), good.shadowQueueBytesMax(), good.shadowBytesMax(), good.shadowAgeMax(),
                good.shadowBatchRowsMax(),
                good.shadowBatchDelayMax(), good.shadowBatchTimeMax(), good.challengerRunMax(),
                good.comparerQueueRunsMax(),
                good.challengersMax(), good.probationMax(), good.drainMax(), good.journalRowsMax(),
                good.answersMax(), good.capturesMax(), good.captureSampleMax(), good.captureBytesMax(),
                good.objectBytesMax(),
                good.secondSessionsBytesMax());
        Path state = folder.resolve("state");
        ServeConfig config = new ServeConfig(folder.resolve("repository"), state, "127.0.0.1", 0, 0, "127.0.0.1", 0,
                ManagementConfig.of("127.0.0.1", 0, null), EventLog.Format.TEXT, tooLarge,
                new DeviceChoice.Auto(), CudaSettings.DEFAULT, ShadowConfig.DEFAULT, ServerIdentity.DEFAULT_NAME);
        assertThrows(IllegalArgumentException.class, () -> RunningServer.start(config, event -> {}));
        assertTrue(Files.exists(state.resolve("journal")), "the engine had not started");
        try (FileChannel lock = FileChannel.open(state.resolve("lock"), StandardOpenOption.WRITE)) {
            assertNotNull(lock.tryLock());
        }
    }

    @Test
    void onePortCannotTakeHttpAndGrpcBoth(@TempDir Path folder) throws Exception {
        ServeConfig config = new ServeConfig(folder.resolve("repository"), folder.resolve("state"), "127.0.0.1", 8000,
                8000, "127.0.0.1", 0, ManagementConfig.of("127.0.0.1", 0, null), EventLog.Format.TEXT, Limits.DEFAULT,
                new DeviceChoice.Auto(), CudaSettings.DEFAULT, ShadowConfig.DEFAULT, ServerIdentity.DEFAULT_NAME);
        var failure = assertThrows(CommandFailure.class, () -> RunningServer.start(config, event -> {}));
        assertEquals(ExitCode.PORT, failure.exitCode());
        assertTrue(String.valueOf(failure.getMessage()).contains("8000"), failure.getMessage());
    }

    @Test
    void aGpuThatIsNotThereIsRefusedInOneLineWithItsOwnExitCode(@TempDir Path folder) throws Exception {
        Path model = Files.createDirectories(folder.resolve("repository/digits/1")).resolve("model.onnx");
        Files.copy(Path.of("..", "models", "repository", "digits", "1.onnx"), model);
        ServeConfig config = new ServeConfig(folder.resolve("repository"), folder.resolve("state"), "127.0.0.1", 0, 0,
                "127.0.0.1", 0, ManagementConfig.of("127.0.0.1", 0, null), EventLog.Format.TEXT, Limits.DEFAULT,
                new DeviceChoice.Cuda(999), CudaSettings.DEFAULT, ShadowConfig.DEFAULT, ServerIdentity.DEFAULT_NAME);
        var failure = assertThrows(CommandFailure.class, () -> RunningServer.start(config, event -> {}));
        assertEquals(ExitCode.DEVICE, failure.exitCode());
        String message = String.valueOf(failure.getMessage());
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.startsWith("cannot serve on cuda:999: "), message);
        assertTrue(message.contains("`understudy doctor --device cuda:999`"), message);
    }
}
