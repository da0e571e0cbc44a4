package dev.understudy.checkup;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaDevice;
import dev.understudy.ffm.cuda.CudaDriver;
import dev.understudy.ffm.cuda.CudaFailure;
import dev.understudy.runtime.OrtNatives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What there is of CUDA. Immutable.
///
/// @param gpuSeen   whether the system shows a GPU of NVIDIA's, driver or not
/// @param driver    the driver and its devices, or why there is none to use
/// @param build     which CUDA this program's ONNX Runtime is built for, 12 or 13; empty where it is built without
/// @param libraries what its CUDA provider uses besides the driver; empty where it is built without
public record CudaFacts(boolean gpuSeen, Answer<Driver> driver, OptionalInt build, List<CudaLibrary> libraries) {
    /// Where nobody asked.
    public static final CudaFacts NONE = new CudaFacts(false, new Answer.Refused<>("not looked for"),
            OptionalInt.empty(), List.of());

    private static final String PROVIDER = "libonnxruntime_providers_cuda.so";
    private static final Pattern RUNTIME = Pattern.compile("libcudart\\.so\\.(\\d{1,4})");

    /// A driver that works.
    ///
    /// @param version the newest CUDA it is for: 13000 is 13.0
    public record Driver(int version, List<CudaDevice> devices) {}

    /// Asks the machine. Loads the driver, but makes no context on a GPU.
    public static CudaFacts gather() {
        Answer<Driver> driver = askDriver();
        List<String> needed = neededByProvider();
        OptionalInt build = needed.stream().map(RUNTIME::matcher).filter(Matcher::matches)
                .mapToInt(runtime -> Integer.parseInt(runtime.group(1))).findFirst();
        return new CudaFacts(driver instanceof Answer.Granted || GpuSight.any(), driver, build,
                build.isEmpty() ? List.of() : CudaLibraries.look(needed, System.getenv()));
    }

    private static Answer<Driver> askDriver() {
        return switch (CudaDriver.open()) {
            case Answer.Refused<CudaDriver>(String reason) -> new Answer.Refused<>(reason);
            case Answer.Granted<CudaDriver>(CudaDriver driver) -> {
                try {
                    yield new Answer.Granted<>(new Driver(driver.version(), driver.devices()));
                } catch (CudaFailure failure) {
                    yield new Answer.Refused<>(String.valueOf(failure.getMessage()));
                }
            }
        };
    }

    /// Of a provider that is not there, or not a library of this machine's kind, nothing.
    private static List<String> neededByProvider() {
        Optional<Path> provider = OrtNatives.folder().map(folder -> folder.resolve(PROVIDER)).filter(Files::exists);
        try {
            return provider.isPresent() ? NeededLibraries.of(provider.get()) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    /// What stands in the way of serving on a device; empty where nothing does that can be seen without trying.
    public List<Obstacle> obstacles(int ordinal) {
        return CudaObstacles.of(this, ordinal);
    }
}
