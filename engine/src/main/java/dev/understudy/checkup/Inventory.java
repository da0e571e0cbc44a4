package dev.understudy.checkup;

import dev.understudy.runtime.DeviceChoice;
import java.util.List;

/// Everything on this machine that decides where models can be served, and how well isolated. Immutable.
///
/// @param gpus of each device of the driver's; empty where there is none, or nobody asked
public record Inventory(JavaFacts java, RuntimeFacts onnxRuntime, ProcessorFacts processor, CudaFacts cuda,
        List<GpuFacts> gpus) {
    /// Looks. Loads ONNX Runtime, and unless only the processor is asked for CUDA's driver and libraries; writes nothing.
    public static Inventory take(DeviceChoice asked) {
        boolean gpu = !(asked instanceof DeviceChoice.Cpu);
        return new Inventory(JavaFacts.gather(System.getenv()), RuntimeFacts.gather(), ProcessorFacts.gather(),
                gpu ? CudaFacts.gather() : CudaFacts.NONE, gpu ? GpuFacts.gather() : List.of());
    }
}
