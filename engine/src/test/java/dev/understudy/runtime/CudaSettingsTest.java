package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/// What ONNX Runtime's CUDA provider is told, what counts as other numerics, and how settings get to another process.
class CudaSettingsTest {
    @Provide
    Arbitrary<CudaSettings> settings() {
        Arbitrary<Boolean> flag = Arbitraries.of(true, false);
        return Combinators.combine(Arbitraries.integers().between(0, 999), flag, flag, flag,
                Arbitraries.integers().greaterOrEqual(1), Arbitraries.longs().greaterOrEqual(0)).as(CudaSettings::new);
    }

    @Property
    void settingsSurviveTheWayToAnotherProcess(@ForAll("settings") CudaSettings any) {
        assertEquals(any, CudaSettings.of(any.arguments()));
    }

    @Property
    void onAnotherGpuOnlyTheGpuIsAnother(@ForAll("settings") CudaSettings any) {
        CudaSettings other = any.on(any.device() + 1);
        assertEquals(any.device() + 1, other.device());
        assertEquals(any, other.on(any.device()));
    }

    /// Two GPUs, or two limits, share their evidence; two that reckon differently do not.
    @Property
    void numericsAreTheSameJustWhereTheProviderReckonsAlike(@ForAll("settings") CudaSettings one,
            @ForAll("settings") CudaSettings other) {
        assertEquals(reckoning(one).equals(reckoning(other)), one.numerics().equals(other.numerics()));
    }

    private static List<String> reckoning(CudaSettings settings) {
        Map<String, String> provider = settings.provider(1, 0);
        return List.of(provider.getOrDefault("use_tf32", ""), provider.getOrDefault("prefer_nhwc", ""));
    }

    /// They are part of keys on disk: other words for the same would lose the evidence there is.
    @Test
    void numericsAreSpeltAsTheyAreOnRecord() {
        assertEquals("tf32=1 nhwc=0", CudaSettings.DEFAULT.numerics());
        assertEquals("tf32=0 nhwc=1", new CudaSettings(7, false, true, true, 1, 1).numerics());
    }

    @Test
    void theProviderIsToldTheStreamTheLimitAndWhatKeepsItOffTheOtherLane() {
        CudaSettings settings = new CudaSettings(3, false, true, false, 17, 1);
        assertEquals(Map.of("device_id", "3", "has_user_compute_stream", "1", "user_compute_stream",
                "18446744073709551615", "cudnn_conv_algo_search", "HEURISTIC", "arena_extend_strategy",
                "kSameAsRequested", "enable_cuda_graph", "0", "use_tf32", "0", "prefer_nhwc", "1", "gpu_mem_limit",
                "8589934592"), settings.provider(-1L, 1L << 33), "an address is unsigned");
    }

    @Test
    void withoutALimitTheProviderIsToldNone() {
        assertFalse(CudaSettings.DEFAULT.provider(1, 0).containsKey("gpu_mem_limit"));
    }
}
