package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.model.ModelVersion;
import dev.understudy.roles.Strike;
import dev.understudy.roles.StrikeFile;
import dev.understudy.runtime.CudaSettings;
import dev.understudy.runtime.DeviceChoice;
import dev.understudy.runtime.DeviceLoss.Part;
import dev.understudy.runtime.DeviceLoss;
import dev.understudy.shadow.RunMarks;
import dev.understudy.shadow.TestMarks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each `open` is a process; that the one before was not closed is how it ended.
class FaultBoundaryTest {
    private static final OptionalInt UNSEEN = OptionalInt.empty();
    private static final OptionalInt SEGV = OptionalInt.of(128 + 11);
    private static final OptionalInt KILL = OptionalInt.of(128 + 9);
    private static final String A = "0a".repeat(32);
    private static final String B = "b1".repeat(32);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-26T03:00:00Z"), ZoneOffset.UTC);

    private final Path folder;
    private final List<LogEvent> log = new CopyOnWriteArrayList<>();
    private final List<DeviceLoss> told = new CopyOnWriteArrayList<>();
    private RunMarks marks = RunMarks.inMemory(1);

    FaultBoundaryTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /// A server that gets so far as to serve.
    private FaultBoundary open(OptionalInt lastExit) throws IOException {
        FaultBoundary faults = start(lastExit);
        faults.serving();
        return faults;
    }

    private FaultBoundary start(OptionalInt lastExit) throws IOException {
        marks = RunMarks.open(folder.resolve("marks"), 4);
        return new FaultBoundary(marks, records(), new EngineConfig(folder, folder, Limits.DEFAULT,
                new DeviceChoice.Cpu(), CudaSettings.DEFAULT, ShadowConfig.DEFAULT, log::add, lastExit, told::add),
                CLOCK);
    }

    private StrikeFile records() throws IOException {
        return StrikeFile.in(folder.resolve("strikes"));
    }

    private void runs(String sha256) {
        TestMarks.begin(marks, sha256);
    }

    @Test
    void whoWasInARunWhenTheServerCrashedIsStruckOffWithTheReasonAndNobodyElse() throws Exception {
        open(UNSEEN);
        runs(A);
        FaultBoundary next = open(SEGV);
        assertEquals(Optional.of("the server ended during its run (signal 11, SIGSEGV), 2026-11-26T03:00:00Z; drop"
                + " changed bytes, or take its file away and put it back, to try again"), next.refusal(A));
        assertEquals(Optional.empty(), next.refusal(B));
        assertTrue(open(UNSEEN).refusal(A).isPresent(), "and stays so");
    }

    @Test
    void aCrashWhileNobodyWasInARunStrikesNobodyOff() throws Exception {
        open(UNSEEN);
        open(SEGV);
        assertEquals(Map.of(), records().readAll());
    }

    @Test
    void anEndThatNobodySawOrThatCameFromOutsideStrikesOffTheSecondTimeInARow() throws Exception {
        for (OptionalInt end : List.of(UNSEEN, KILL)) {
            String sha256 = end.isEmpty() ? A : B;
            open(UNSEEN);
            runs(sha256);
            assertEquals(Optional.empty(), open(end).refusal(sha256));
            assertEquals(Level.WARN, log.getLast().level());
            assertTrue(log.getLast().message().contains(sha256), log.toString());
            runs(sha256);
            assertTrue(open(end).refusal(sha256).orElseThrow().contains("twice in a row"));
        }
    }

    @Test
    void aStopInGoodOrderClearsASuspicionAndNothingElse() throws Exception {
        open(UNSEEN);
        runs(A);
        open(SEGV);
        runs(B);
        open(KILL).close();
        assertEquals(List.of(A), List.copyOf(records().readAll().keySet()));
    }

    @Test
    void aServerThatStopsBeforeItServedClearsNobody() throws Exception {
        open(UNSEEN);
        runs(A);
        start(KILL).close();
        open(UNSEEN);
        runs(A);
        assertTrue(open(KILL).refusal(A).isPresent(), "it was suspected already");
    }

    @Test
    void anEndThatTheServerChoseIsHeldAgainstNobody() throws Exception {
        for (int exitCode : new int[]{0, 1, 7, 128 + 15}) {
            open(UNSEEN);
            runs(A);
            open(OptionalInt.of(exitCode));
            assertEquals(Map.of(), records().readAll(), "exit code " + exitCode);
        }
        FaultBoundary stopping = open(UNSEEN);
        runs(A);
        stopping.stopping();
        open(SEGV);
        assertEquals(Map.of(), records().readAll(), "it was asked to stop");
    }

    @Test
    void aVersionWhoseFileWasTakenAwayMayRunAgain() throws Exception {
        open(UNSEEN);
        runs(A);
        FaultBoundary next = open(SEGV);
        next.lift(A);
        assertEquals(Optional.empty(), next.refusal(A));
        assertEquals(Optional.empty(), open(UNSEEN).refusal(A));
    }

    @Test
    void aLostDeviceIsToldOnceAndStrikesOffWhoeverRanThen() throws Exception {
        FaultBoundary faults = open(UNSEEN);
        assertFalse(faults.deviceLost());
        runs(A);
        DeviceLoss first = new DeviceLoss(version("1"), Part.CHAMPION, "CUDA_ERROR_ILLEGAL_ADDRESS (700)");
        faults.accept(first);
        assertTrue(faults.deviceLost());
        runs(B);
        faults.accept(new DeviceLoss(version("2"), Part.CHALLENGER, "again"));
        newsIsOut();
        assertEquals(List.of(first), List.copyOf(told));
        String reason = "the device was lost during its run (CUDA_ERROR_ILLEGAL_ADDRESS (700)), 2026-11-26T03:00:00Z;"
                + " drop changed bytes, or take its file away and put it back, to try again";
        assertEquals(Optional.of(reason), faults.refusal(A));
        assertEquals(Map.of(A, new Strike(true, reason)), records().readAll());
        assertEquals(List.of(Level.ERROR), log.stream().map(LogEvent::level).toList());
        assertEquals("the device was lost in a run of the champion, version 1: CUDA_ERROR_ILLEGAL_ADDRESS (700);"
                + " struck off: the challenger that ran, SHA-256 " + A, log.getFirst().message());
        faults.close();
        FaultBoundary next = open(UNSEEN);
        assertEquals(Optional.of(reason), next.refusal(A));
        assertEquals(Optional.empty(), next.refusal(B), "by then the device was lost already");
        assertFalse(next.deviceLost(), "a new process has the device anew");
    }

    /// The news is told on threads of their own, which end when they have told it.
    private static void newsIsOut() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("understudy-device-loss")) {
                thread.join();
            }
        }
    }

    @Test
    void anEndBecauseOfALostDeviceClearsNobody() throws Exception {
        open(UNSEEN);
        runs(A);
        FaultBoundary suspecting = open(KILL);
        suspecting.accept(new DeviceLoss(version("1"), Part.CHAMPION, "CUDA_ERROR_ASSERT (710)"));
        suspecting.close();
        newsIsOut();
        open(UNSEEN);
        runs(A);
        assertTrue(open(KILL).refusal(A).isPresent(), "it was suspected already");
    }

    @Test
    void aDeviceLostWhileNoChallengerRanStrikesNobodyOff() throws Exception {
        FaultBoundary faults = open(UNSEEN);
        faults.accept(new DeviceLoss(version("1"), Part.CHAMPION, "CUDA_ERROR_ASSERT (710)"));
        newsIsOut();
        assertEquals(Part.CHAMPION, told.getFirst().part());
        assertTrue(log.getFirst().message().endsWith("no challenger ran"), log.toString());
        assertEquals(Map.of(), records().readAll());
    }

    private static ModelVersion version(String name) {
        return new ModelVersion("m", name, "c".repeat(64), Path.of("m.onnx"), 0);
    }
}
