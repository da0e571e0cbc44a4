package dev.understudy.checkup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.ffm.cuda.CudaDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class CudaObstaclesTest {
    @Test
    void nothingIsInTheWayWhereEverythingIsThere() {
        assertEquals(List.of(), Machines.cuda13(Machines.driver(13_000, Machines.GPU)).obstacles(0));
        assertEquals(List.of(), Machines.cuda13(Machines.driver(14_020, Machines.GPU)).obstacles(0),
                "newer drivers do");
    }

    @Test
    void anOldDriverIsToldWhatItsAgeAllows() {
        assertEquals(List.of(new Obstacle("the driver is for CUDA 12.4 and ONNX Runtime is built for CUDA 13",
                "install the NVIDIA driver 580 or newer, or take the build for CUDA 12 (mvn -Pcuda12 -Dmaven.test.skip=true -pl server -am package)")),
                Machines.cuda13(Machines.driver(12_040, Machines.GPU)).obstacles(0));
        assertEquals(List.of(new Obstacle("this build's ONNX Runtime has no CUDA provider",
                "take the build for CUDA 12 (mvn -Pcuda12 -Dmaven.test.skip=true -pl server -am package)")),
                new CudaFacts(true, Machines.driver(12_040, Machines.GPU), OptionalInt.empty(), List.of())
                        .obstacles(0));
    }

    @Test
    void anotherNumberThanTheDriverKnowsIsRefusedWithThoseItKnows() {
        CudaDevice second = new CudaDevice(1, "another", 8, 6, 80, 1);
        assertEquals(List.of(new Obstacle("there is no cuda:2", "choose one of cuda:0, cuda:1")),
                Machines.cuda13(Machines.driver(13_000, Machines.GPU, second)).obstacles(2));
        assertEquals(List.of(new Obstacle("there is no cuda:0",
                "the driver shows no GPU; see what CUDA_VISIBLE_DEVICES says")),
                Machines.cuda13(Machines.driver(13_000)).obstacles(0));
    }

    @Test
    void missingLibrariesAreToldTogetherAndCudnnByItself() {
        assertEquals(List.of(
                new Obstacle("libcublasLt.so.13, libcublas.so.13 are not found",
                        "install cuda-libraries-13-0 (apt, NVIDIA's repository) or nvidia-cuda-runtime nvidia-cublas (pip)"),
                new Obstacle("libcudnn.so.9 is not found",
                        "install cudnn9-cuda-13 (apt, NVIDIA's repository) or nvidia-cudnn-cu13 (pip)")),
                Machines.cuda13(Machines.driver(13_000, Machines.GPU), "libcublasLt.so.13", "libcublas.so.13",
                        "libcudnn.so.9").obstacles(0));
    }

    @Test
    void theBuildForCuda12IsToldItsOwnPackagesAndDoesWithoutCudnn() {
        CudaFacts facts = new CudaFacts(true, Machines.driver(12_040, Machines.GPU), OptionalInt.of(12),
                List.of(new CudaLibrary("libcurand.so.10", true, Optional.empty(), Optional.empty()),
                        new CudaLibrary("libcudnn.so.9", false, Optional.empty(), Optional.empty())));
        assertEquals(List.of(new Obstacle("libcurand.so.10 is not found",
                "install cuda-libraries-12-9 (apt, NVIDIA's repository) or nvidia-cuda-runtime-cu12 nvidia-cublas-cu12"
                        + " nvidia-curand-cu12 (pip)")),
                facts.obstacles(0));
    }

    @Test
    void librariesThatLieWhereTheLoaderDoesNotLookNeedAPathOnly() {
        List<CudaLibrary> libraries = List.of(
                new CudaLibrary("libcublas.so.13", true, Optional.empty(), Optional.of(Path.of("/py/cublas/lib"))),
                new CudaLibrary("libcudart.so.13", true, Optional.empty(), Optional.of(Path.of("/py/runtime/lib"))));
        assertEquals("put /py/cublas/lib:/py/runtime/lib into LD_LIBRARY_PATH",
                CudaObstacles.remedy(libraries, 13));
    }
}
