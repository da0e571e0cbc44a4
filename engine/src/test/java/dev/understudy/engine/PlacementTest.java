package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.checkup.CudaFacts;
import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaDevice;
import dev.understudy.runtime.DeviceChoice;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class PlacementTest {
    private static final CudaFacts NOTHING = new CudaFacts(false, new Answer.Refused<>("libcuda.so.1 cannot be loaded"),
            OptionalInt.empty(), List.of());

    @Test
    void aGpuThatCannotBeHadIsRefusedInALineThatNamesAllThatIsMissing() {
        assertEquals(
                "cannot serve on cuda:1: libcuda.so.1 cannot be loaded, and no NVIDIA GPU is to be seen; this build's ONNX Runtime has no CUDA provider;"
                        + " `understudy doctor --device cuda:1` says what to install",
                Placement.refused(new DeviceChoice.Cuda(1), NOTHING, "met first"));
    }

    @Test
    void whereNothingCanBeSeenToBeMissingWhatWasMetIsSaid() {
        CudaFacts all = new CudaFacts(true, new Answer.Granted<>(new CudaFacts.Driver(13_000,
                List.of(new CudaDevice(0, "a GPU", 9, 0, 132, 1)))), OptionalInt.of(13), List.of());
        assertEquals("cannot serve on cuda:0: out of memory; `understudy doctor --device cuda:0` says what to install",
                Placement.refused(new DeviceChoice.Cuda(0), all, "out of memory"));
        assertEquals(
                Optional.of("models run on the processor and not on the GPU that is here: out of memory; `understudy"
                        + " doctor` says what to install"),
                Placement.fallenBack(all, "out of memory"));
    }

    @Test
    void aMachineWithoutAGpuIsNotToldThatItHasNone() {
        assertEquals(Optional.empty(), Placement.fallenBack(NOTHING, "met first"));
    }
}
