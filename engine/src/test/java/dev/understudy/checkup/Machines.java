package dev.understudy.checkup;

import dev.understudy.checkup.CudaFacts.Driver;
import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaDevice;
import dev.understudy.ffm.cuda.CudaMemory;
import dev.understudy.ffm.cuda.StreamPriorities;
import dev.understudy.runtime.Isolation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Machines that are made up, for the words that are said of them.
final class Machines {
    static final CudaDevice GPU = new CudaDevice(0, "NVIDIA H100 80GB HBM3", 9, 0, 132, 80L << 30);
    static final Answer<Driver> NO_DRIVER = new Answer.Refused<>("libcuda.so.1 cannot be loaded");
    static final List<String> OF_CUDA_13 = List.of("libcublasLt.so.13", "libcublas.so.13", "libcudart.so.13",
            "libcudnn.so.9");

    private Machines() {}

    static Answer<Driver> driver(int version, CudaDevice... devices) {
        return new Answer.Granted<>(new Driver(version, List.of(devices)));
    }

    /// Libraries of the build for CUDA 13, all there but some.
    static List<CudaLibrary> libraries(String... missing) {
        List<CudaLibrary> libraries = new ArrayList<>();
        for (String name : OF_CUDA_13) {
            Optional<Path> file = List.of(missing).contains(name)
                    ? Optional.empty()
                    : Optional.of(Path.of("/usr/lib", name));
            libraries.add(new CudaLibrary(name, true, file, Optional.empty()));
        }
        return libraries;
    }

    /// The build for CUDA 13 where its libraries are all there but some.
    static CudaFacts cuda13(Answer<Driver> driver, String... missing) {
        return new CudaFacts(true, driver, OptionalInt.of(13), libraries(missing));
    }

    static GpuFacts gpu(Answer<GpuFacts.Partition> partition) {
        return new GpuFacts(GPU, new Answer.Granted<>(new GpuFacts.Context(new StreamPriorities(0, -5),
                new CudaMemory(79L << 30, 80L << 30), partition)), new Answer.Granted<>(Isolation.PACED));
    }

    static final RuntimeFacts ONNX_RUNTIME = new RuntimeFacts(Optional.of(Path.of("/opt/natives")),
            new Answer.Granted<>(new RuntimeFacts.Loaded("1.28.0", List.of("CPUExecutionProvider"))));
    static final ProcessorFacts PROCESSOR = new ProcessorFacts(4,
            new CgroupLimits(OptionalDouble.empty(), OptionalLong.empty()), Optional.empty(), Optional.empty(),
            Isolation.PACED);

    static Inventory machine(CudaFacts cuda, GpuFacts... gpus) {
        return machine(ONNX_RUNTIME, PROCESSOR, cuda, gpus);
    }

    static Inventory machine(RuntimeFacts onnxRuntime, ProcessorFacts processor, CudaFacts cuda, GpuFacts... gpus) {
        return new Inventory(new JavaFacts("25.0.1", "a machine", "Linux amd64", 1L << 30, List.of("X=-Xmx1g")),
                onnxRuntime, processor, cuda, List.of(gpus));
    }
}
