package dev.understudy.runtime;

import dev.understudy.ffm.Answer;
import java.util.Optional;
import java.util.function.Consumer;

/// The device that models run on. Immutable.
///
/// @param cuda how they run on it, where it is a GPU
public record OpenedDevice(Lanes lanes, Optional<CudaSettings> cuda) {
    /// Opens what was chosen.
    ///
    /// @param cuda  how models run on a GPU, whichever it will be
    /// @param asked what is to keep challengers off champions
    /// @param notes told in a sentence of each thing the system refuses, and of what there is to say about a model
    /// @param fallback told why it is not a GPU, where the best device was chosen and is the processor
    /// @throws DeviceRefusedException when a GPU was chosen and cannot be had
    public static OpenedDevice open(DeviceChoice choice, CudaSettings cuda, Isolation asked, Consumer<String> notes,
            Consumer<String> fallback) throws DeviceRefusedException {
        return switch (choice) {
            case DeviceChoice.Cpu _ -> onProcessors(asked, notes);
            case DeviceChoice.Cuda(int ordinal) -> switch (onGpu(cuda.on(ordinal), asked, notes)) {
                case Answer.Granted<OpenedDevice>(OpenedDevice opened) -> opened;
                case Answer.Refused<OpenedDevice>(String reason) -> throw new DeviceRefusedException(reason);
            };
            case DeviceChoice.Auto _ -> switch (onGpu(cuda.on(0), asked, notes)) {
                case Answer.Granted<OpenedDevice>(OpenedDevice opened) -> opened;
                case Answer.Refused<OpenedDevice>(String reason) -> {
                    fallback.accept(reason);
                    yield onProcessors(asked, notes);
                }
            };
        };
    }

    private static OpenedDevice onProcessors(Isolation asked, Consumer<String> notes) {
        return new OpenedDevice(CpuLanes.open(asked, notes), Optional.empty());
    }

    private static Answer<OpenedDevice> onGpu(CudaSettings settings, Isolation asked, Consumer<String> notes) {
        return switch (CudaLanes.open(settings, asked, notes)) {
            case Answer.Granted<Lanes>(Lanes lanes) ->
                new Answer.Granted<>(new OpenedDevice(lanes, Optional.of(settings)));
            case Answer.Refused<Lanes>(String reason) -> new Answer.Refused<>(reason);
        };
    }
}
