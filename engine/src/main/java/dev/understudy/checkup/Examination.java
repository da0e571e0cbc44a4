package dev.understudy.checkup;

import dev.understudy.checkup.CudaFacts.Driver;
import dev.understudy.checkup.Finding.Mark;
import dev.understudy.checkup.GpuFacts.Context;
import dev.understudy.checkup.GpuFacts.Partition;
import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaDriver;
import dev.understudy.runtime.DeviceChoice;
import dev.understudy.runtime.Isolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Puts an inventory into words, one finding for each thing. Not thread-safe; owned by one call.
final class Examination {
    static final String UNPACK_AGAIN = "unpack or build this program again";
    private static final double GIB = 1L << 30;

    private final Inventory inventory;
    private final DeviceChoice asked;
    private final List<Finding> findings = new ArrayList<>();

    Examination(Inventory inventory, DeviceChoice asked) {
        this.inventory = inventory;
        this.asked = asked;
    }

    List<Finding> findings() {
        java();
        onnxRuntime();
        processor();
        if (!(asked instanceof DeviceChoice.Cpu)) {
            gpu();
        }
        return List.copyOf(findings);
    }

    private void java() {
        JavaFacts java = inventory.java();
        findings.add(Finding.ok("java", java.version() + ", " + java.machine() + ", " + java.platform()
                + ", heap up to " + gib(java.heapBytes())));
        java.options().forEach(option -> findings.add(Finding.note("java options", option)));
    }

    private void onnxRuntime() {
        RuntimeFacts facts = inventory.onnxRuntime();
        String folder = facts.folder().map(path -> " in " + path).orElse(" in its jar");
        findings.add(switch (facts.loaded()) {
            case Answer.Refused<RuntimeFacts.Loaded>(String reason) -> Finding.missing("onnxruntime",
                    new Obstacle("its native libraries" + folder + " cannot be loaded: " + reason, UNPACK_AGAIN));
            case Answer.Granted<RuntimeFacts.Loaded>(RuntimeFacts.Loaded loaded) -> Finding.ok("onnxruntime",
                    loaded.release() + folder + ", built with " + String.join(", ", loaded.providers()));
        });
    }

    private void processor() {
        ProcessorFacts facts = inventory.processor();
        String cores = facts.cores() + (facts.cores() == 1 ? " core" : " cores");
        findings.add(Finding.ok("processor", cores + facts.limits().processors().stream()
                .mapToObj(limit -> String.format(Locale.ROOT, ", of which a control group grants the time of %.2f",
                        limit))
                .findFirst().orElse("")
                + facts.limits().memoryBytes().stream().mapToObj(bytes -> ", memory up to " + gib(bytes)).findFirst()
                        .orElse("")));
        if (facts.limits().processors().isPresent()) {
            findings.add(Finding.note("control group", "what challengers use of that time is the champion's too; leave"
                    + " room, or lower shadow.max_device_share"));
        }
        findings.add(granted("idle class", facts.idleRefusal(), "challengers run in SCHED_IDLE",
                "challengers cannot run in SCHED_IDLE",
                "allow sched_setscheduler (a container's seccomp profile may forbid it)"));
        findings.add(granted("membarrier", facts.barrierRefusal(), "a champion takes its processor back at once",
                "a champion may wait for a tick of the kernel's",
                "allow membarrier (a container's seccomp profile may forbid it)"));
        findings.add(new Finding("cpu isolation",
                facts.isolation() == Isolation.PACED ? Mark.OK : Mark.NOTE,
                "the best to be had is " + facts.isolation().label(), ""));
    }

    /// Isolation is not needed to serve, so a refusal is never in the way.
    private static Finding granted(String subject, Optional<String> refusal, String had, String not, String remedy) {
        return refusal.isEmpty()
                ? Finding.ok(subject, had)
                : new Finding(subject, Mark.NOTE, not + ": " + refusal.get(), remedy);
    }

    private void gpu() {
        CudaFacts cuda = inventory.cuda();
        if (asked instanceof DeviceChoice.Auto && !cuda.gpuSeen()) {
            findings.add(
                    Finding.note("gpu", "no NVIDIA GPU is to be seen; `understudy doctor --device cuda` says what one"
                            + " would need"));
            return;
        }
        findings.add(CudaObstacles.driver(cuda).map(obstacle -> Finding.missing("cuda driver", obstacle))
                .orElseGet(this::driver));
        if (asked instanceof DeviceChoice.Cuda(int ordinal)) {
            CudaObstacles.device(cuda, ordinal)
                    .ifPresent(obstacle -> findings.add(Finding.missing("cuda:" + ordinal, obstacle)));
        }
        findings.add(CudaObstacles.build(cuda).map(obstacle -> Finding.missing("cuda build", obstacle))
                .orElseGet(() -> Finding.ok("cuda build", "ONNX Runtime is built for CUDA "
                        + cuda.build().orElseThrow())));
        cuda.libraries().forEach(library -> findings.add(library(library)));
        inventory.gpus().forEach(this::device);
    }

    private Finding driver() {
        return inventory.cuda().driver() instanceof Answer.Granted<Driver>(Driver driver)
                ? Finding.ok("cuda driver", "for CUDA up to " + CudaDriver.versionText(driver.version()))
                : Finding.note("cuda driver", "not looked for");
    }

    private Finding library(CudaLibrary library) {
        String subject = library.cudnn() ? "cudnn" : "cuda library";
        if (library.found()) {
            return Finding.ok(subject, library.name() + " is " + library.file().orElseThrow());
        }
        String remedy = CudaObstacles.remedy(List.of(library), inventory.cuda().build().orElseThrow());
        return library.needed()
                ? Finding.missing(subject, new Obstacle(library.name() + " is not found", remedy))
                : new Finding(subject, Mark.NOTE, library.name() + " is not found; models with convolutions need it",
                        remedy);
    }

    private void device(GpuFacts gpu) {
        String label = "cuda:" + gpu.device().ordinal();
        String what = gpu.device().name() + ", compute capability " + gpu.device().computeCapability() + ", "
                + gpu.device().multiprocessors() + " multiprocessors, " + gib(gpu.device().memoryBytes());
        switch (gpu.context()) {
            case Answer.Refused<Context>(String reason) -> findings.add(Finding.missing(label,
                    new Obstacle(what + ", cannot be used: " + reason, "see what nvidia-smi says of it")));
            case Answer.Granted<Context>(Context context) -> {
                findings.add(Finding.ok(label, what + ", of which " + gib(context.memory().freeBytes()) + " are free"));
                findings.add(gpu.prioritised()
                        ? Finding.ok(label + " streams",
                                "priorities " + context.priorities().least() + " (challengers) to "
                                        + context.priorities().greatest() + " (champion)")
                        : Finding.note(label + " streams", "have no priorities; isolation is none"));
                if (gpu.lanes() instanceof Answer.Refused<Isolation>(String reason)
                        && inventory.cuda().obstacles(gpu.device().ordinal()).isEmpty()) {
                    findings.add(Finding.missing(label + " lanes",
                            new Obstacle("models cannot be run: " + reason, "see docs/gpu.md")));
                }
                findings.add(switch (context.partition()) {
                    case Answer.Refused<Partition>(String reason) ->
                        Finding.note(label + " partition", "green contexts cannot be had: " + reason);
                    case Answer.Granted<Partition>(Partition partition) -> Finding.ok(label + " partition",
                            "green contexts can keep challengers to " + partition.challenger()
                                    + " multiprocessors and leave the champion " + partition.champion());
                });
            }
        }
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
    }
}
