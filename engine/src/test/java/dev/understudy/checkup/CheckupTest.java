package dev.understudy.checkup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.checkup.Checkup.Place;
import dev.understudy.checkup.Finding.Mark;
import dev.understudy.ffm.Answer;
import dev.understudy.runtime.DeviceChoice;
import dev.understudy.runtime.Isolation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class CheckupTest {
    private static final DeviceChoice AUTO = new DeviceChoice.Auto();
    private static final DeviceChoice CPU = new DeviceChoice.Cpu();
    private static final DeviceChoice GPU = new DeviceChoice.Cuda(0);
    private static final CudaFacts NOTHING = new CudaFacts(false, Machines.NO_DRIVER, OptionalInt.empty(), List.of());

    private static List<String> marked(Checkup checkup, Mark mark) {
        return checkup.findings().stream().filter(finding -> finding.mark() == mark)
                .map(finding -> finding.subject() + ": " + finding.line()).toList();
    }

    @Test
    void aMachineWithoutAGpuServesOnItsProcessorAndSaysSoInFewLines() {
        Checkup checkup = Checkup.of(Machines.machine(NOTHING), AUTO);
        assertTrue(checkup.serves());
        assertEquals("Understudy can serve on: cpu (isolation paced)", checkup.verdict());
        assertEquals(List.of(), marked(checkup, Mark.MISSING));
        assertEquals(List.of("java options: X=-Xmx1g",
                "gpu: no NVIDIA GPU is to be seen; `understudy doctor --device cuda` says what one would need"),
                marked(checkup, Mark.NOTE));
    }

    @Test
    void whoAsksForAGpuOnAMachineWithNothingIsToldAllThatItTakes() {
        Checkup checkup = Checkup.of(Machines.machine(NOTHING), GPU);
        assertFalse(checkup.serves());
        assertEquals(List.of(
                "cuda driver: libcuda.so.1 cannot be loaded, and no NVIDIA GPU is to be seen; on a machine with"
                        + " an NVIDIA GPU install the NVIDIA driver 580 or newer",
                "cuda build: this build's ONNX Runtime has no CUDA provider;"
                        + " take the build for CUDA 13 (mvn -Pcuda13 -Dmaven.test.skip=true -pl server -am package)"),
                marked(checkup, Mark.MISSING));
        assertEquals(
                "Understudy cannot serve on cuda:0: on a machine with an NVIDIA GPU install the NVIDIA driver 580 or"
                        + " newer; take the build for CUDA 13 (mvn -Pcuda13 -Dmaven.test.skip=true -pl server -am package). Understudy can serve on: cpu (isolation paced)",
                checkup.verdict());
    }

    @Test
    void whoAsksForTheProcessorHearsNothingOfGpus() {
        Checkup checkup = Checkup.of(Machines.machine(CudaFacts.NONE), CPU);
        assertTrue(checkup.serves());
        assertTrue(checkup.findings().stream().noneMatch(finding -> finding.line().contains("GPU")
                || finding.subject().contains("cuda")), checkup::toString);
    }

    @Test
    void aGpuWithoutADriverIsInNobodysWayButItsOwn() {
        CudaFacts facts = new CudaFacts(true, Machines.NO_DRIVER, OptionalInt.of(12),
                List.of(new CudaLibrary("libcudnn.so.9", false, Optional.empty(), Optional.empty())));
        Checkup checkup = Checkup.of(Machines.machine(facts), AUTO);
        assertTrue(checkup.serves());
        assertEquals(
                "Understudy can serve on: cpu (isolation paced). For cuda:0: install the NVIDIA driver 525 or newer,"
                        + " or start the container with its GPUs (docker run --gpus all)",
                checkup.verdict());
        assertEquals("cudnn: libcudnn.so.9 is not found; models with convolutions need it; install cudnn9-cuda-12 (apt,"
                + " NVIDIA's repository) or nvidia-cudnn-cu12 (pip)", marked(checkup, Mark.NOTE).getLast());
    }

    @Test
    void aDriverWithoutCudnnIsToldWhichPackageHasIt() {
        Checkup checkup = Checkup.of(Machines.machine(
                Machines.cuda13(Machines.driver(13_000, Machines.GPU), "libcudnn.so.9"),
                Machines.gpu(new Answer.Granted<>(new GpuFacts.Partition(8, 124)))), GPU);
        assertFalse(checkup.serves());
        assertEquals(List.of("cudnn: libcudnn.so.9 is not found; install cudnn9-cuda-13 (apt, NVIDIA's repository) or"
                + " nvidia-cudnn-cu13 (pip)"), marked(checkup, Mark.MISSING));
        assertEquals(List.of(new Place("cpu", "", "paced")), checkup.places());
    }

    @Test
    void aMachineWithEverythingServesOnBoth() {
        Checkup checkup = Checkup.of(Machines.machine(Machines.cuda13(Machines.driver(13_000, Machines.GPU)),
                Machines.gpu(new Answer.Granted<>(new GpuFacts.Partition(8, 124)))), GPU);
        assertTrue(checkup.serves());
        assertEquals(List.of(), marked(checkup, Mark.MISSING));
        List<String> ok = marked(checkup, Mark.OK);
        assertEquals(List.of(
                "cuda:0: NVIDIA H100 80GB HBM3, compute capability 9.0, 132 multiprocessors, 80.0 GiB, of which"
                        + " 79.0 GiB are free",
                "cuda:0 streams: priorities 0 (challengers) to -5 (champion)",
                "cuda:0 partition: green contexts can keep challengers to 8 multiprocessors and leave the champion 124"),
                ok.subList(ok.size() - 3, ok.size()));
        assertTrue(ok.contains("cuda library: libcudart.so.13 is /usr/lib/libcudart.so.13"), ok::toString);
        assertEquals(
                "Understudy can serve on: cpu (isolation paced); cuda:0 (NVIDIA H100 80GB HBM3, isolation paced, or"
                        + " partitioned)",
                checkup.verdict());
        assertEquals(checkup.verdict(),
                Checkup.of(Machines.machine(Machines.cuda13(Machines.driver(13_000, Machines.GPU)),
                        Machines.gpu(new Answer.Granted<>(new GpuFacts.Partition(8, 124)))), AUTO).verdict());
    }

    @Test
    void aGpuThatCannotBePartitionedIsPaced() {
        Checkup checkup = Checkup.of(Machines.machine(Machines.cuda13(Machines.driver(13_000, Machines.GPU)),
                Machines.gpu(new Answer.Refused<>("too old"))), GPU);
        assertEquals(new Place("cuda:0", "NVIDIA H100 80GB HBM3", "paced"), checkup.places().getLast());
        assertTrue(marked(checkup, Mark.NOTE).contains("cuda:0 partition: green contexts cannot be had: too old"));
    }

    @Test
    void aGpuThatGivesNoContextIsNoPlaceToServe() {
        GpuFacts lost = new GpuFacts(Machines.GPU, new Answer.Refused<>("cuDevicePrimaryCtxRetain: out of memory"),
                new Answer.Refused<>("cuDevicePrimaryCtxRetain: out of memory"));
        Checkup checkup = Checkup.of(
                Machines.machine(Machines.cuda13(Machines.driver(13_000, Machines.GPU)), lost), GPU);
        assertFalse(checkup.serves());
        assertTrue(marked(checkup, Mark.MISSING).getFirst().contains("cannot be used: cuDevicePrimaryCtxRetain"));
        assertEquals(
                "Understudy cannot serve on cuda:0: see what is missing above. Understudy can serve on: cpu (isolation"
                        + " paced)",
                checkup.verdict());
    }

    @Test
    void aGpuOnWhichAServerCouldNotOpenItsLanesIsNoPlaceToServe() {
        GpuFacts good = Machines.gpu(new Answer.Refused<>("too old"));
        GpuFacts odd = new GpuFacts(Machines.GPU, good.context(),
                new Answer.Refused<>("the provider\n does not load \n"));
        Checkup checkup = Checkup.of(Machines.machine(Machines.cuda13(Machines.driver(13_000, Machines.GPU)), odd),
                GPU);
        assertFalse(checkup.serves());
        assertEquals(List.of("cuda:0 lanes: models cannot be run: the provider does not load; see docs/gpu.md"),
                marked(checkup, Mark.MISSING));
    }

    @Test
    void withoutOnnxRuntimeNothingIsServed() {
        RuntimeFacts broken = new RuntimeFacts(Optional.of(Path.of("/opt/x")), new Answer.Refused<>("no such file"));
        for (DeviceChoice asked : List.of(AUTO, CPU)) {
            Checkup checkup = Checkup.of(Machines.machine(broken, Machines.PROCESSOR, NOTHING), asked);
            assertFalse(checkup.serves());
            assertEquals(List.of(), checkup.places());
            assertTrue(checkup.verdict().startsWith("Understudy cannot serve on "), checkup.verdict());
            assertTrue(checkup.verdict().endsWith(": unpack or build this program again"), checkup.verdict());
        }
    }

    @Test
    void whatASandboxRefusesIsNotedAndNotInTheWay() {
        ProcessorFacts sandbox = new ProcessorFacts(2,
                new CgroupLimits(OptionalDouble.of(1.5), OptionalLong.of(2L << 30)),
                Optional.of("sched_setscheduler: Operation not permitted"),
                Optional.of("membarrier: Function not implemented"),
                Isolation.NONE);
        Checkup checkup = Checkup.of(Machines.machine(Machines.ONNX_RUNTIME, sandbox, NOTHING), CPU);
        assertTrue(checkup.serves());
        assertEquals("Understudy can serve on: cpu (isolation none)", checkup.verdict());
        assertTrue(marked(checkup, Mark.OK)
                .contains("processor: 2 cores, of which a control group grants the time of 1.50,"
                        + " memory up to 2.0 GiB"),
                checkup::toString);
        assertTrue(marked(checkup, Mark.NOTE).contains("idle class: challengers cannot run in SCHED_IDLE:"
                + " sched_setscheduler: Operation not permitted; allow sched_setscheduler (a container's seccomp profile may"
                + " forbid it)"), checkup::toString);
    }

    @Test
    void noLineHasALineBreak() {
        for (DeviceChoice asked : List.of(AUTO, CPU, GPU, new DeviceChoice.Cuda(3))) {
            Checkup checkup = Checkup.of(Inventory.take(asked), asked);
            checkup.findings().forEach(finding -> assertEquals(1, finding.line().lines().count(), finding.line()));
            assertEquals(1, checkup.verdict().lines().count());
        }
    }
}
