package dev.understudy.runtime;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaDevice;
import dev.understudy.ffm.cuda.CudaDriver;
import dev.understudy.ffm.cuda.CudaFailure;
import dev.understudy.ffm.cuda.GreenPartition;
import dev.understudy.ffm.cuda.StreamPriorities;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.ffm.ort.SessionOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes the two lanes on a GPU, with as much isolation as its driver has.
///
/// CUDA's default priority is also its lowest, so a challenger cannot be put below a champion that is left at the default: the
/// champion is raised, to the greatest there is.
public final class CudaLanes {
    private CudaLanes() {}

    /// Makes the lanes, or says in a sentence why this GPU cannot be used. Loads CUDA's driver.
    ///
    /// @param notes told once, in a sentence, of each thing the driver refuses, and of what there is to say about a model
    public static Answer<Lanes> open(CudaSettings settings, Isolation asked, Consumer<String> notes) {
        return switch (CudaDriver.open()) {
            case Answer.Refused<CudaDriver>(String reason) -> new Answer.Refused<>(reason);
            case Answer.Granted<CudaDriver>(CudaDriver driver) -> {
                try {
                    yield open(driver, settings, asked, notes);
                } catch (CudaFailure e) {
                    yield new Answer.Refused<>(String.valueOf(e.getMessage()));
                }
            }
        };
    }

    private static Answer<Lanes> open(CudaDriver driver, CudaSettings settings, Isolation asked,
            Consumer<String> notes) throws CudaFailure {
        List<CudaDevice> devices = driver.devices();
        if (settings.device() >= devices.size()) {
            return new Answer.Refused<>("there is no GPU " + settings.device() + "; the driver knows "
                    + (devices.isEmpty() ? "none" : "0 to " + (devices.size() - 1)));
        }
        Optional<String> absence = providerAbsence(settings.device());
        if (absence.isPresent()) {
            return new Answer.Refused<>(absence.get());
        }
        CudaContext context = driver.retainPrimary(settings.device());
        try {
            return new Answer.Granted<>(lanes(context, settings, asked, notes));
        } catch (CudaFailure | RuntimeException e) {
            context.close();
            throw e;
        }
    }

    /// Why ONNX Runtime cannot run models on a GPU: it was built without, or libraries of CUDA's are missing. Empty where it
    /// can.
    private static Optional<String> providerAbsence(int device) {
        try (SessionOptions options = new SessionOptions(OrtNatives.api())) {
            var unused = options.cuda(Map.of("device_id", Integer.toString(device)));
            return Optional.empty();
        } catch (OrtFailure e) {
            return Optional.of("ONNX Runtime's CUDA provider does not load: " + OrtErrors.text(e));
        }
    }

    /// The lanes on a context, which they take over.
    static Lanes lanes(CudaContext context, CudaSettings settings, Isolation asked, Consumer<String> notes)
            throws CudaFailure {
        StreamPriorities priorities = context.priorities();
        boolean raised = asked != Isolation.NONE && priorities.greatest() != priorities.least();
        if (asked != Isolation.NONE && !raised) {
            notes.accept("this GPU knows one stream priority only; isolation is none");
        }
        int championPriority = raised ? priorities.greatest() : priorities.least();
        Isolation granted = !raised ? Isolation.NONE : asked == Isolation.PARTITIONED ? Isolation.PACED : asked;
        GreenPartition partition = null;
        if (raised && asked == Isolation.PARTITIONED) {
            switch (context.partition(settings.challengerSms())) {
                case Answer.Refused<GreenPartition>(String reason) ->
                    notes.accept("the GPU cannot be partitioned (" + reason + "); isolation is paced");
                case Answer.Granted<GreenPartition>(GreenPartition had) -> {
                    partition = had;
                    granted = Isolation.PARTITIONED;
                    notes.accept("challengers have " + had.challengerMultiprocessors() + " of the GPU's "
                            + context.device().multiprocessors() + " multiprocessors (challenger_sms "
                            + settings.challengerSms() + ")");
                }
            }
        }
        CudaLane champion = new CudaLane("champion", context, settings, () -> context.createStream(championPriority), 0,
                notes);
        CudaLane probes = new CudaLane("probe", context, settings, () -> context.createStream(championPriority),
                settings.challengerBytesMax(), notes);
        CudaLane challenger = new CudaLane("challenger", context, settings,
                streams(context, partition, priorities.least()), settings.challengerBytesMax(), notes);
        GreenPartition held = partition;
        DeviceHealth.ask(() -> context.fault().map(CudaFailure::getMessage));
        return new Lanes(champion, challenger, probes, asked, granted, 1, false, "cuda:" + settings.device(),
                settings.numerics(), () -> {
                    if (held != null) {
                        held.close();
                    }
                    DeviceHealth.ask(Optional::empty);
                    context.close();
                });
    }

    private static CudaLane.Streams streams(CudaContext context, @Nullable GreenPartition partition, int priority) {
        return partition == null
                ? () -> context.createStream(priority)
                : () -> partition.createChallengerStream(priority);
    }
}
