package dev.understudy.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Turns one look at the repository after another into events. Not thread-safe; owned by the [RepositoryWatcher].
///
/// It has no clock and no thread: whoever steps it says what time it is. A repository that cannot be listed, or whose
/// folder was replaced by an empty one as when a volume is unmounted, is taken for unknown and not for empty:
/// everything stays as it was.
final class RepositoryScanner {
    private final ModelRepository repository;
    private final ObjectStore store;
    private final WatchConfig config;
    private final Consumer<String> warnings;
    private final BooleanSupplier stopping;

    private final Map<String, TrackedModel> models = new TreeMap<>();
    private @Nullable Object rootKey;
    private List<RepositoryNote> notesBefore = List.of();

    /// What a look led to.
    ///
    /// @param events   in the order listeners are promised
    /// @param notes    what stands and no event says
    /// @param folders  the folders whose changes are of interest
    /// @param dueNanos when the next look is worth while at the latest, from this one on; [Long#MAX_VALUE] when nothing
    ///                 is pending
    record Scan(List<RepositoryEvent> events, List<RepositoryNote> notes, List<Path> folders, long dueNanos) {}

    /// @param warnings told once of every condition that stands in the way and is not in the files' bytes
    /// @param stopping true when long copies should be given up
    RepositoryScanner(Path root, ObjectStore store, WatchConfig config, Consumer<String> warnings,
            BooleanSupplier stopping) {
        this.repository = new ModelRepository(root);
        this.store = store;
        this.config = config;
        this.warnings = warnings;
        this.stopping = stopping;
    }

    /// One look.
    ///
    /// @param nowNanos   of a monotonic clock
    /// @param wallMillis of the clock that stamps files
    Scan scan(long nowNanos, long wallMillis) {
        Look look = new Look(nowNanos, wallMillis, rootKey == null);
        List<Path> folders = new ArrayList<>(List.of(repository.root()));
        switch (repository.list()) {
            case ModelRepository.Unreadable(String reason) ->
                look.note("", "the repository cannot be read: " + reason + "; the versions known stay as they are");
            case ModelRepository.Listed listed -> {
                if (wasSweptAway(listed)) {
                    look.note("", "the repository's folder was replaced by an empty one, as when a volume is unmounted;"
                            + " the versions known stay as they are");
                } else {
                    rootKey = listed.root().key();
                    listed.notes().forEach(note -> look.note(note.model(), note.text()));
                    listed.models().values().forEach(folder -> folders.addAll(folder.folders()));
                    follow(listed, look);
                }
            }
        }
        List<RepositoryNote> notes = look.notes();
        notes.stream().filter(note -> !notesBefore.contains(note)).map(RepositoryNote::text).forEach(warnings);
        notesBefore = notes;
        return new Scan(look.events(), notes, folders, look.dueNanos());
    }

    private boolean wasSweptAway(ModelRepository.Listed listed) {
        return listed.models().isEmpty() && !models.isEmpty() && !listed.root().key().equals(rootKey);
    }

    private void follow(ModelRepository.Listed listed, Look look) {
        SortedSet<String> names = new TreeSet<>(listed.models().keySet());
        names.addAll(models.keySet());
        int versions = 0;
        for (TrackedModel model : models.values()) {
            versions += model.versionCount();
        }
        for (String name : names) {
            ModelFolder folder = listed.models().get(name);
            TrackedModel model = models.get(name);
            if (model == null) {
                if (folder == null) {
                    continue;
                }
                if (folder.isBlank()) {
                    // No model yet that they could be shown with.
                    folder.notes().forEach(note -> look.note("", note));
                    continue;
                }
                model = new TrackedModel(name, store, config, stopping);
                models.put(name, model);
            }
            versions -= model.versionCount();
            if (!model.look(folder, repository.root().resolve(name), config.versionsMax() - versions, look)) {
                models.remove(name);
            }
            versions += model.versionCount();
        }
    }
}
