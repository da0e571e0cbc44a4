package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeviceChoiceTest {
    @Test
    void theFirstGpuNeedsNoNumber() {
        assertEquals(Optional.of(new DeviceChoice.Cuda(0)), DeviceChoice.of("cuda"));
        assertEquals(Optional.of(new DeviceChoice.Cuda(12)), DeviceChoice.of("cuda:12"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "auto", "cuda:0", "cuda:7", "cuda:999"})
    void aChoiceIsReadBackFromItsLabel(String label) {
        assertEquals(Optional.of(label), DeviceChoice.of(label).map(DeviceChoice::label));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CPU", "gpu", "tpu", "cuda:", "cuda:x", "cuda:-1", "cuda:01", "cuda:1000", "cuda:1 ",
        " cuda"})
    void nothingElseIsAChoice(String label) {
        assertEquals(Optional.empty(), DeviceChoice.of(label));
    }
}
