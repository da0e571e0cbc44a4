package dev.understudy.model;

import dev.understudy.model.ModelFolder.Candidate;
import dev.understudy.model.OnnxFile.ExternalFile;
import dev.understudy.model.OnnxFile.Reading;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What is known of the files under one version name. Not thread-safe; owned by its [TrackedModel].
///
/// States: waiting until the files settle; then examined with one of two outcomes, `current` (in the store) or
/// `unusable`. Any change of the files begins the wait anew while the outcome before stands; a new outcome replaces it.
final class TrackedVersion {
    /// A wrong file may be of any size, and reading it to its end would keep the watch from everything else.
    private static final long OVERSIZED_HASHED_BYTES = 1 << 20;

    private final String model;
    private final String version;
    private final ObjectStore store;
    private final WatchConfig config;
    private final BooleanSupplier stopping;

    private final Settling<Optional<VersionFiles>> settling = new Settling<>();
    /// What the ONNX file says, while it is as it was when it was read.
    private @Nullable Reading reading;
    private @Nullable FileStamp readStamp;
    private @Nullable VersionFiles examined;
    private @Nullable ModelVersion current;
    private RepositoryEvent.@Nullable VersionUnusable unusable;
    private @Nullable Postponed postponed;

    /// An examination that failed for reasons outside the files.
    private record Postponed(VersionFiles files, String note, long untilNanos, long pauseNanos) {}

    TrackedVersion(String model, String version, ObjectStore store, WatchConfig config, BooleanSupplier stopping) {
        this.model = model;
        this.version = version;
        this.store = store;
        this.config = config;
        this.stopping = stopping;
    }

    /// The ONNX file that the version in the store was copied from; empty while there is none.
    Optional<Path> inUse() {
        return current == null ? Optional.empty() : Optional.ofNullable(examined).map(VersionFiles::onnx);
    }

    /// Looks at what lies under the name now.
    ///
    /// @param candidate null when nothing does
    /// @param mayReport false to watch the files settle and do no more
    /// @return false when there has been nothing for long enough to forget the name
    boolean look(@Nullable Candidate candidate, boolean mayReport, Look look) {
        if (candidate != null) {
            try {
                examine(candidate, mayReport, look);
                return true;
            } catch (NoSuchFileException e) {
                // It went between the listing and now: the same as if it had not been listed.
                return absent(look);
            } catch (IOException e) {
                look.note(model, model + "/" + version + " cannot be read: " + IoReason.of(e));
                return true;
            }
        }
        return absent(look);
    }

    private boolean absent(Look look) {
        long quietNanos = settling.observe(Optional.empty(), look.nowNanos, 0);
        if (quietNanos < config.settleNanos()) {
            look.due(config.settleNanos() - quietNanos);
            return true;
        }
        clear(look);
        return false;
    }

    private void examine(Candidate candidate, boolean mayReport, Look look) throws IOException {
        VersionFiles files = see(candidate.onnx());
        long quietNanos = observe(files, look);
        if (files.equals(examined) || !mayReport) {
            return;
        }
        if (quietNanos < config.settleNanos()) {
            look.due(config.settleNanos() - quietNanos);
            return;
        }
        if (postponed != null && postponed.files().equals(files) && look.nowNanos < postponed.untilNanos()) {
            look.note(model, postponed.note());
            look.due(postponed.untilNanos() - look.nowNanos);
            return;
        }
        try {
            if (!candidate.refusal().isEmpty()) {
                refuse(files, candidate.refusal(), look);
            } else {
                read(files, look);
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            postpone(files, "it cannot be read: " + IoReason.of(e), look);
        } catch (ObjectCopy.Stopped e) {
            look.due(config.rescanNanos());
        }
    }

    private void read(VersionFiles files, Look look) throws IOException, ObjectCopy.Stopped {
        if (reading == null) {
            reading = OnnxFile.read(files.onnx());
            readStamp = files.onnxStamp();
        }
        switch (reading) {
            case Reading.Unusable(String reason, boolean truncated) -> {
                if (!truncated || hasPatienceEnded(files, look)) {
                    refuse(files, reason, look);
                }
            }
            case Reading.Usable(List<ExternalFile> external) -> {
                // Reading has told which other files belong to it; they have to settle too.
                VersionFiles whole = VersionFiles.look(files.onnx(), external);
                long quietNanos = observe(whole, look);
                if (quietNanos < config.settleNanos()) {
                    look.due(config.settleNanos() - quietNanos);
                    return;
                }
                readWhole(whole, external, look);
            }
        }
    }

    private void readWhole(VersionFiles files, List<ExternalFile> external, Look look)
            throws IOException, ObjectCopy.Stopped {
        for (ExternalFile file : external) {
            Path path = files.path(file.name());
            FileStamp stamp = files.stamps().get(file.name());
            if (stamp == null || (stamp.isFile() && stamp.bytes() < file.bytesMin())) {
                if (hasPatienceEnded(files, look)) {
                    refuse(files, "the external data file " + file.name() + (stamp == null
                            ? " is missing"
                            : " is too short: it has " + stamp.bytes() + " bytes and needs " + file.bytesMin()), look);
                }
                return;
            }
            if (!stamp.isFile()) {
                refuse(files, "the external data file " + file.name() + " is not a file", look);
                return;
            }
            if (ExternalName.escapes(files.onnx(), path)) {
                refuse(files, "the external data file " + file.name() + " is a link out of the model's folder", look);
                return;
            }
        }
        take(files, look);
    }

    private void take(VersionFiles files, Look look) {
        switch (store.take(model, version, files, stopping)) {
            case ObjectStore.Taking.Taken(ModelVersion taken) -> {
                examined = files;
                postponed = null;
                if (current == null || !current.sha256().equals(taken.sha256())) {
                    clear(look);
                    current = taken;
                    look.event(new RepositoryEvent.VersionSettled(taken));
                }
            }
            case ObjectStore.Taking.Changed _ -> look.due(config.settleNanos());
            case ObjectStore.Taking.Failed(String reason) -> postpone(files, reason, look);
        }
    }

    private void refuse(VersionFiles files, String reason, Look look) throws IOException, ObjectCopy.Stopped {
        boolean canBeModel = files.onnxStamp().bytes() <= OnnxFile.FILE_BYTES_MAX;
        String sha256 = ObjectCopy.hash(files.onnx(), canBeModel ? Long.MAX_VALUE : OVERSIZED_HASHED_BYTES, stopping);
        if (!files.areUnchanged()) {
            look.due(config.settleNanos());
            return;
        }
        examined = files;
        postponed = null;
        RepositoryEvent.VersionUnusable found = new RepositoryEvent.VersionUnusable(model, version, sha256, reason);
        if (!found.equals(unusable)) {
            clear(look);
            unusable = found;
            look.event(found);
        }
    }

    /// Withdraws the outcome that stands.
    private void clear(Look look) {
        if (current != null) {
            look.event(new RepositoryEvent.VersionGone(current));
        }
        if (unusable != null) {
            look.event(new RepositoryEvent.UnusableGone(model, version, unusable.sha256()));
        }
        current = null;
        unusable = null;
    }

    private VersionFiles see(Path onnx) throws IOException {
        VersionFiles files = VersionFiles.look(onnx, externalOf(reading));
        if (!files.onnxStamp().equals(readStamp)) {
            reading = null;
            files = VersionFiles.look(onnx, List.of());
        }
        return files;
    }

    private static List<ExternalFile> externalOf(@Nullable Reading reading) {
        return reading instanceof Reading.Usable(List<ExternalFile> external) ? external : List.of();
    }

    private long observe(VersionFiles files, Look look) {
        return settling.observe(Optional.of(files), look.nowNanos, look.presumedNanos(files.all()));
    }

    private boolean hasPatienceEnded(VersionFiles files, Look look) {
        long quietNanos = observe(files, look);
        if (quietNanos < config.patienceNanos()) {
            look.due(config.patienceNanos() - quietNanos);
            return false;
        }
        return true;
    }

    private void postpone(VersionFiles files, String reason, Look look) {
        long pauseNanos = postponed != null && postponed.files().equals(files)
                ? Math.min(2 * postponed.pauseNanos(), config.retryNanosMax())
                : config.rescanNanos();
        String note = model + "/" + version + " is not taken yet: " + reason;
        postponed = new Postponed(files, note, look.nowNanos + pauseNanos, pauseNanos);
        look.note(model, note);
        look.due(pauseNanos);
    }
}
