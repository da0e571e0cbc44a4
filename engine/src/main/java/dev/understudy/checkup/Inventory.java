package dev.understudy.checkup;

import dev.understudy.ffm.Answer;
import dev.understudy.runtime.DeviceChoice;
import java.util.List;

/// Everything on this machine that decides where models can be served, and how well isolated. Immutable.
///
/// @param gpus those of the driver's that were asked for; empty where nothing can be run on one anyway
public record Inventory(JavaFacts java, RuntimeFacts onnxRuntime, ProcessorFacts processor, CudaFacts cuda,
        List<GpuFacts> gpus) {
    /// Looks. Loads ONNX Runtime, and unless only the processor is asked for CUDA's driver and libraries; writes nothing.
    public static Inventory take(DeviceChoice asked) {
        RuntimeFacts onnxRuntime = RuntimeFacts.gather();
        boolean runs = onnxRuntime.loaded() instanceof Answer.Granted;
        return new Inventory(JavaFacts.gather(System.getenv()), onnxRuntime, ProcessorFacts.gather(),
                asked instanceof DeviceChoice.Cpu ? CudaFacts.NONE : CudaFacts.gather(), switch (asked) {
                    case DeviceChoice.Cpu _ -> List.of();
                    case DeviceChoice.Cuda(int number) ->
                        runs ? GpuFacts.gather(ordinal -> ordinal == number) : List.of();
                    case DeviceChoice.Auto _ -> runs ? GpuFacts.gather(_ -> true) : List.of();
                });
    }
}
