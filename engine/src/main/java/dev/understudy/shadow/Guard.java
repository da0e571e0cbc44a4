package dev.understudy.shadow;

import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.DeviceLoss;
import dev.understudy.runtime.DeviceLostException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Stands around everything one session of the shadow side does that could end the process, so that it is known afterwards who
/// it was: leaves a mark for as long as it lasts, and tells of a lost device. Not thread-safe; owned by its line's thread.
final class Guard implements AutoCloseable {
    private final ModelVersion version;
    private final RunMarks.@Nullable Slot mark;
    private final Consumer<DeviceLoss> lost;

    /// What is done under guard.
    ///
    /// @param <X> what it may throw beside unchecked exceptions
    interface Work<T, X extends Exception> {
        T run() throws X;
    }

    /// @param version who runs
    /// @param mark    where that is marked; null for a champion that is run again, against which nothing is held
    /// @param lost    told when the device is lost; must not block
    Guard(ModelVersion version, RunMarks.@Nullable Slot mark, Consumer<DeviceLoss> lost) {
        this.version = version;
        this.mark = mark;
        this.lost = lost;
    }

    /// Does it. A lost device is told of while the mark still stands, and goes on up.
    <T, X extends Exception> T run(Work<T, X> work) throws X {
        if (mark != null) {
            mark.begin();
        }
        try {
            return work.run();
        } catch (DeviceLostException e) {
            lost.accept(new DeviceLoss(version,
                    mark == null ? DeviceLoss.Part.CHAMPION : DeviceLoss.Part.CHALLENGER, e.reason()));
            throw e;
        } finally {
            if (mark != null) {
                mark.end();
            }
        }
    }

    /// Gives the mark's place back.
    @Override
    public void close() {
        if (mark != null) {
            mark.close();
        }
    }
}
