package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaDriver;
import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the lanes come down to where a driver has less than was asked for, and what they say of it. The driver is the one that
/// writes down how it was called: not a GPU. Skipped where there is no gcc to build it.
class CudaFallbackTest {
    private static final Path DRIVER = Path.of("../native/src/test/resources/dev/understudy/ffm/cuda/recording-cuda.c");
    private static final Map<String, List<String>> MIXED = Map.of("CUDAExecutionProvider", List.of("MatMul", "Relu"),
            "CPUExecutionProvider", List.of("TfIdf", "Loop", "TfIdf"));

    private final Path folder;
    private final List<String> notes = new ArrayList<>();

    CudaFallbackTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void whereThereIsOnePriorityNothingIsIsolatedAndThatIsSaid() throws Exception {
        for (Isolation asked : List.of(Isolation.PRIORITY, Isolation.PACED, Isolation.PARTITIONED)) {
            notes.clear();
            try (Lanes lanes = lanes(CudaSettings.DEFAULT, asked, "-DGREATEST_PRIORITY=0")) {
                assertEquals(Isolation.NONE, lanes.achieved());
                assertEquals(asked, lanes.asked(), "what takes no grant is still done");
            }
            assertEquals(List.of("this GPU knows one stream priority only; isolation is none"), notes);
        }
    }

    @Test
    void whoAskedForNoIsolationIsToldOfNone() throws Exception {
        try (Lanes lanes = lanes(CudaSettings.DEFAULT, Isolation.NONE, "-DGREATEST_PRIORITY=0")) {
            assertEquals(Isolation.NONE, lanes.achieved());
        }
        assertEquals(List.of(), notes);
    }

    @Test
    void aDriverThatCannotPartitionPacesAndSaysWhy() throws Exception {
        try (Lanes lanes = lanes(CudaSettings.DEFAULT, Isolation.PARTITIONED, "-DWITHOUT_GREEN_CONTEXTS")) {
            assertEquals(Isolation.PACED, lanes.achieved());
        }
        assertEquals(
                List.of("the GPU cannot be partitioned (green contexts need a driver for CUDA 12.5 or later; this one"
                        + " is for CUDA 13.0 and lacks cuDeviceGetDevResource); isolation is paced"),
                notes);
    }

    @Test
    void moreMultiprocessorsThanThereArePaceAndThatIsSaid() throws Exception {
        try (Lanes lanes = lanes(with(true, 500), Isolation.PARTITIONED)) {
            assertEquals(Isolation.PACED, lanes.achieved());
        }
        assertEquals(List.of("the GPU cannot be partitioned (500 of the device's 132 multiprocessors cannot be taken"
                + " apart: 1 to 131 can); isolation is paced"), notes);
    }

    @Test
    void whatWasGrantedOfAPartitionIsSaid() throws Exception {
        try (Lanes lanes = lanes(with(true, 20), Isolation.PARTITIONED)) {
            assertEquals(Isolation.PARTITIONED, lanes.achieved());
        }
        assertEquals(List.of("challengers have 24 of the GPU's 132 multiprocessors (challenger_sms 20)"), notes);
    }

    @Test
    void operatorsOnTheProcessorsAreTold() throws Exception {
        try (Lanes lanes = lanes(with(true, 32), Isolation.PACED)) {
            ((CudaLane) lanes.challenger()).tellFallback("digits version 2", MIXED);
        }
        assertEquals(List.of("digits version 2: 3 of its 5 operators run on the processor, not on the GPU: Loop (1),"
                + " TfIdf (2)"), notes);
    }

    @Test
    void ofManyOperatorsAFewAreNamed() throws Exception {
        try (Lanes lanes = lanes(with(true, 32), Isolation.PACED)) {
            List<String> seven = List.of("A", "B", "C", "D", "E", "F", "G");
            ((CudaLane) lanes.champion()).tellFallback("m", Map.of("CPUExecutionProvider", seven));
        }
        assertEquals(List.of("m: 7 of its 7 operators run on the processor, not on the GPU: A (1), B (1), C (1), D (1),"
                + " E (1), ..."), notes);
    }

    @Test
    void withoutFallbackSuchAModelIsRefusedForIt() throws Exception {
        try (Lanes lanes = lanes(with(false, 32), Isolation.PACED)) {
            CudaLane challengers = (CudaLane) lanes.challenger();
            assertEquals("3 of its 5 operators run on the processor, not on the GPU: Loop (1), TfIdf (2)"
                    + " (cpu_fallback: false)",
                    assertThrows(ModelLoadException.class, () -> challengers.tellFallback("m", MIXED)).reason());
            assertDoesNotThrow(() -> challengers.tellFallback("m",
                    Map.of("CUDAExecutionProvider", Collections.nCopies(3, "MatMul"))));
        }
        assertEquals(List.of(), notes);
    }

    private static CudaSettings with(boolean cpuFallback, int challengerSms) {
        return new CudaSettings(0, true, false, cpuFallback, challengerSms, 0);
    }

    private Lanes lanes(CudaSettings settings, Isolation asked, String... options) throws Exception {
        return switch (CudaDriver.open(driver(options))) {
            case Answer.Granted<CudaDriver>(CudaDriver driver) -> {
                CudaContext context = driver.retainPrimary(0);
                yield CudaLanes.lanes(context, settings, asked, notes::add);
            }
            case Answer.Refused<CudaDriver>(String reason) -> throw new AssertionError(reason);
        };
    }

    private Path driver(String... options) throws Exception {
        assumeTrue(Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "gcc"))), "there is no gcc");
        Path library = Files.createTempFile(folder, "recording", ".so");
        List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-o", library.toString(),
                DRIVER.toString()));
        command.addAll(List.of(options));
        assertEquals(0, new ProcessBuilder(command).redirectError(Redirect.INHERIT).start().waitFor());
        return library;
    }
}
