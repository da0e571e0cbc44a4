package dev.understudy.checkup;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaDevice;
import dev.understudy.ffm.cuda.CudaDriver;
import dev.understudy.ffm.cuda.CudaFailure;
import dev.understudy.ffm.cuda.CudaMemory;
import dev.understudy.ffm.cuda.GreenPartition;
import dev.understudy.ffm.cuda.StreamPriorities;
import dev.understudy.runtime.CudaLanes;
import dev.understudy.runtime.CudaSettings;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.Lanes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/// What one GPU can do to keep challengers off the champion. Immutable.
///
/// @param device  which
/// @param context what a context on it says, or why there is none to be had
/// @param lanes   the level of isolation at which a server could have opened its lanes there, or why it could not
public record GpuFacts(CudaDevice device, Answer<Context> context, Answer<Isolation> lanes) {
    /// The least that a GPU of the compute capability 9.0 or later splits off; older ones take it too.
    private static final int PART = 8;

    /// What a context on it says.
    ///
    /// @param priorities of its streams
    /// @param memory     now
    /// @param partition  what a trial granted of its multiprocessors, or why it granted nothing
    public record Context(StreamPriorities priorities, CudaMemory memory, Answer<Partition> partition) {}

    /// How its multiprocessors were divided in a trial.
    ///
    /// @param challenger multiprocessors that were granted to challengers
    /// @param champion   what was left
    public record Partition(int challenger, int champion) {}

    /// Asks GPUs of the driver's, with a context on each for a moment, which takes memory there. Needs ONNX Runtime loaded.
    ///
    /// @param ordinals which
    static List<GpuFacts> gather(IntPredicate ordinals) {
        List<GpuFacts> gpus = new ArrayList<>();
        if (CudaDriver.open() instanceof Answer.Granted<CudaDriver>(CudaDriver driver)) {
            try {
                for (CudaDevice device : driver.devices()) {
                    if (ordinals.test(device.ordinal())) {
                        gpus.add(new GpuFacts(device, ask(driver, device.ordinal()), tryLanes(device.ordinal())));
                    }
                }
            } catch (CudaFailure failure) {
                // Its driver's own fact says so.
            }
        }
        return List.copyOf(gpus);
    }

    private static Answer<Context> ask(CudaDriver driver, int ordinal) {
        try (CudaContext context = driver.retainPrimary(ordinal)) {
            return new Answer.Granted<>(new Context(context.priorities(), context.memory(), tryPartition(context)));
        } catch (CudaFailure failure) {
            return new Answer.Refused<>(String.valueOf(failure.getMessage()));
        }
    }

    private static Answer<Partition> tryPartition(CudaContext context) {
        return switch (context.partition(PART)) {
            case Answer.Refused<GreenPartition>(String reason) -> new Answer.Refused<>(reason);
            case Answer.Granted<GreenPartition>(GreenPartition partition) -> {
                try (partition) {
                    yield new Answer.Granted<>(
                            new Partition(partition.challengerMultiprocessors(), partition.championMultiprocessors()));
                }
            }
        };
    }

    /// As a server does, which loads ONNX Runtime's CUDA provider.
    private static Answer<Isolation> tryLanes(int ordinal) {
        return switch (CudaLanes.open(CudaSettings.DEFAULT.on(ordinal), Isolation.PACED, _ -> {})) {
            case Answer.Refused<Lanes>(String reason) -> new Answer.Refused<>(reason);
            case Answer.Granted<Lanes>(Lanes lanes) -> {
                try (lanes) {
                    yield new Answer.Granted<>(lanes.achieved());
                }
            }
        };
    }

    /// Whether a champion's stream can go before a challenger's.
    boolean prioritised() {
        return context instanceof Answer.Granted<Context>(Context granted)
                && granted.priorities().greatest() < granted.priorities().least();
    }

    /// What isolation is to be had, once lanes are: `partitioned` where challengers can be kept to multiprocessors of their own.
    String isolation() {
        String level = (lanes instanceof Answer.Granted<Isolation>(Isolation granted) ? granted : Isolation.NONE)
                .label();
        boolean partitions = prioritised() && context instanceof Answer.Granted<Context>(Context had)
                && had.partition() instanceof Answer.Granted;
        return partitions ? level + ", or " + Isolation.PARTITIONED.label() : level;
    }
}
