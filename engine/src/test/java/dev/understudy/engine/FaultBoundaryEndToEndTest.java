package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.runtime.DeviceHealth;
import dev.understudy.verdict.LedgerCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real engine whose device is lost during a challenger's run, and the one that starts after it.
@Timeout(300)
class FaultBoundaryEndToEndTest {
    private final Path folder;

    FaultBoundaryEndToEndTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @AfterEach
    void askNoMore() {
        DeviceHealth.ask(Optional::empty);
    }

    @Test
    void invariantI3AndI7ALostDeviceEndsReadinessStrikesOffWhoRanAndLeavesTheRestIntact() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, "")) {
            // Before there are recorded requests, which it would fail in probation.
            harness.drop("faulty/throws.onnx", "3.onnx");
            harness.awaitState("3", State.SHADOWING);
            harness.drop("better.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.answers(50);
            LedgerCounts better = harness.awaitDrained("2", 50);
            harness.awaitDrained("3", 50);
            String champion = harness.model().champion().orElseThrow().sha256();

            DeviceHealth.ask(() -> Optional.of("CUDA_ERROR_ILLEGAL_ADDRESS (700)"));
            InferenceOutcome answer = harness.ask(0);
            assertTrue(answer instanceof InferenceResponse, "the shadow cannot hurt the answer before it: " + answer);
            EngineHarness.await(() -> !harness.engine().ready(), () -> "still ready " + harness.log);
            assertEquals(InferenceFailure.deviceLost(), harness.ask(0));
            EngineHarness.await(() -> harness.log.stream().anyMatch(line -> line.level() == Level.ERROR),
                    () -> harness.log.toString());
            DeviceHealth.ask(Optional::empty);
            harness.restart();

            assertEquals(1, harness.log.stream().filter(line -> line.level() == Level.ERROR).map(LogEvent::message)
                    .filter(line -> line.startsWith("the device was lost in a run of the challenger, version 3"))
                    .count(), harness.log.toString());
            assertEquals(champion, harness.model().champion().orElseThrow().sha256());
            assertTrue(harness.awaitState("3", State.REFUSED).reason()
                    .startsWith("the device was lost during its run (CUDA_ERROR_ILLEGAL_ADDRESS (700))"));
            LedgerCounts kept = harness.awaitState("2", State.SHADOWING).ledger();
            assertEquals(0, kept.inFlight());
            assertTrue(kept.compared() >= better.compared(), kept + " after " + better);
            assertTrue(harness.ask(0) instanceof InferenceResponse);
            assertFalse(harness.engine().status("digits").orElseThrow().champion().isEmpty());

            // Taken away and put back, it is tried again, as any other.
            Path file = harness.repository.resolve("digits/3.onnx");
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            EngineHarness.await(() -> harness.challenger("3").isEmpty(), () -> harness.model().toString());
            Files.write(file, bytes);
            String reason = harness.awaitState("3", State.REFUSED).reason();
            assertTrue(reason.startsWith("it failed on a recorded request"), reason);
            try (var left = Files.list(harness.state.resolve("strikes"))) {
                assertEquals(List.of(), left.toList());
            }
        }
    }
}
