package dev.understudy.checkup;

import dev.understudy.checkup.CudaFacts.Driver;
import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaDriver;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What stands in the way of serving on a GPU, and what to install. Pure.
final class CudaObstacles {
    /// What is advised where nothing says otherwise.
    private static final int NEWEST = 13;

    private CudaObstacles() {}

    static List<Obstacle> of(CudaFacts facts, int ordinal) {
        List<Obstacle> obstacles = new ArrayList<>();
        driver(facts).ifPresent(obstacles::add);
        device(facts, ordinal).ifPresent(obstacles::add);
        build(facts).ifPresent(obstacles::add);
        for (boolean cudnn : new boolean[]{false, true}) {
            libraries(facts, cudnn).ifPresent(obstacles::add);
        }
        return List.copyOf(obstacles);
    }

    /// No driver, or one that is too old for what ONNX Runtime is built for.
    static Optional<Obstacle> driver(CudaFacts facts) {
        int major = facts.build().orElse(NEWEST);
        return switch (facts.driver()) {
            case Answer.Refused<Driver>(String reason) -> Optional.of(facts.gpuSeen()
                    ? new Obstacle(reason,
                            install(major) + ", or start the container with its GPUs (docker run --gpus all)")
                    : new Obstacle(reason + ", and no NVIDIA GPU is to be seen",
                            "on a machine with an NVIDIA GPU " + install(major)));
            case Answer.Granted<Driver>(Driver driver) -> driver.version() / 1000 >= major || facts.build().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Obstacle("the driver is for CUDA " + CudaDriver.versionText(driver.version())
                            + " and ONNX Runtime is built for CUDA " + major,
                            install(major) + ", or " + take(driver.version() / 1000)));
        };
    }

    /// The driver is there, the device is not.
    static Optional<Obstacle> device(CudaFacts facts, int ordinal) {
        if (!(facts.driver() instanceof Answer.Granted<Driver>(Driver driver))
                || driver.devices().stream().anyMatch(device -> device.ordinal() == ordinal)) {
            return Optional.empty();
        }
        String known = driver.devices().stream().map(device -> "cuda:" + device.ordinal())
                .collect(Collectors.joining(", "));
        return Optional.of(new Obstacle("there is no cuda:" + ordinal, known.isEmpty()
                ? "the driver shows no GPU; see what CUDA_VISIBLE_DEVICES says"
                : "choose one of " + known));
    }

    /// ONNX Runtime is built without CUDA.
    static Optional<Obstacle> build(CudaFacts facts) {
        if (facts.build().isPresent()) {
            return Optional.empty();
        }
        int major = facts.driver() instanceof Answer.Granted<Driver>(Driver driver)
                && driver.version() / 1000 < NEWEST ? NEWEST - 1 : NEWEST;
        return Optional.of(new Obstacle("this build's ONNX Runtime has no CUDA provider",
                take(major)));
    }

    /// Libraries that the provider cannot be loaded without.
    ///
    /// @param cudnn cuDNN, else the others
    static Optional<Obstacle> libraries(CudaFacts facts, boolean cudnn) {
        List<CudaLibrary> missing = facts.libraries().stream()
                .filter(library -> library.needed() && library.cudnn() == cudnn && !library.found()).toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(new Obstacle(names(missing) + (missing.size() == 1 ? " is" : " are") + " not found",
                        remedy(missing, facts.build().orElse(NEWEST))));
    }

    /// What makes the loader find them: one path where they lie on this machine, else what to install.
    static String remedy(List<CudaLibrary> missing, int major) {
        Set<String> folders = new LinkedHashSet<>();
        missing.forEach(library -> library.elsewhere().ifPresent(folder -> folders.add(folder.toString())));
        if (missing.stream().allMatch(library -> library.elsewhere().isPresent())) {
            return "put " + String.join(":", folders) + " into LD_LIBRARY_PATH";
        }
        String suffix = major == NEWEST ? "" : "-cu" + major;
        return missing.getFirst().cudnn()
                ? "install cudnn9-cuda-" + major + " (apt, NVIDIA's repository) or nvidia-cudnn-cu" + major + " (pip)"
                : "install cuda-libraries-" + (major == NEWEST ? "13-0" : "12-9") + " (apt, NVIDIA's repository) or"
                        + " nvidia-cuda-runtime" + suffix + " nvidia-cublas" + suffix
                        + (major == NEWEST ? "" : " nvidia-curand" + suffix) + " (pip)";
    }

    private static String names(List<CudaLibrary> libraries) {
        return libraries.stream().map(CudaLibrary::name).collect(Collectors.joining(", "));
    }

    /// The first releases for CUDA 12 and 13 on Linux.
    private static String install(int major) {
        return "install the NVIDIA driver " + (major == NEWEST ? 580 : 525) + " or newer";
    }

    private static String take(int major) {
        return "take the build for CUDA " + major + " (mvn -Pcuda" + major
                + " -Dmaven.test.skip=true -pl server -am package)";
    }
}
