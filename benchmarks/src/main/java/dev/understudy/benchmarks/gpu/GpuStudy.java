package dev.understudy.benchmarks.gpu;

import ai.onnxruntime.OrtException;
import dev.understudy.benchmarks.lane.OpenLoop;
import dev.understudy.runtime.DeviceChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/// Runs one study on one device; what `benchmarks/gpu/run-all` starts a process for, so that one that hangs or breaks the
/// device loses only itself.
public final class GpuStudy {
    private GpuStudy() {}

    /// Runs it.
    ///
    /// @param args the study (`gemm`, `memory`, `launches`, `interference`, `phases` or `soak`), the device (`cpu` or `cuda:N`), how many
    ///             seconds the process may take, and the Markdown file it writes
    public static void main(String[] args) throws IOException, OrtException {
        DeviceChoice device = DeviceChoice.of(args[1])
                .orElseThrow(() -> new IllegalArgumentException("a device is cpu or cuda:N, not " + args[1]));
        Task task = Task.of(device, Double.parseDouble(args[2]), Path.of(args[3]));
        OpenLoop.wakePunctually();
        switch (args[0]) {
            case "interference" -> new InterferenceStudy(task).run();
            case "phases" -> new PhasesStudy(task).run();
            case "soak" -> new SoakStudy(task).run();
            default -> {
                try (ShadowStudy study = new ShadowStudy(Workload.valueOf(args[0].toUpperCase(Locale.ROOT)), task)) {
                    study.run();
                }
            }
        }
    }
}
