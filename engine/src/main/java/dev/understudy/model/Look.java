package dev.understudy.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// One look at the whole repository: its time, and what it brings to light. Not thread-safe; owned by the look.
final class Look {
    /// Models by name; of a model its configuration, then its versions; what happened to one of these stays in the
    /// order it was found.
    static final Comparator<RepositoryEvent> EVENT_ORDER = Comparator.comparing(RepositoryEvent::model)
            .thenComparing(event -> version(event).isPresent())
            .thenComparing(event -> version(event).orElse(""), VersionOrder.NATURAL);

    final long nowNanos;
    private final boolean isFirst;
    private final long wallMillis;
    private final List<RepositoryEvent> events = new ArrayList<>();
    private final Set<RepositoryNote> notes = new LinkedHashSet<>();
    private long dueNanos = Long.MAX_VALUE;

    /// @param isFirst whether nothing was ever seen of this repository
    Look(long nowNanos, long wallMillis, boolean isFirst) {
        this.nowNanos = nowNanos;
        this.wallMillis = wallMillis;
        this.isFirst = isFirst;
    }

    /// For how long files seen for the first time are taken to have been as they are. At the first look their age
    /// counts, so that a repository that was there before the server is served at once; later a file can arrive with
    /// an old time while it is still being written.
    long presumedNanos(Iterable<FileStamp> stamps) {
        if (!isFirst) {
            return 0;
        }
        long millis = TimeUnit.DAYS.toMillis(1);
        for (FileStamp stamp : stamps) {
            millis = Math.min(millis, wallMillis - stamp.modified().toMillis());
        }
        return TimeUnit.MILLISECONDS.toNanos(Math.max(0, millis));
    }

    void event(RepositoryEvent event) {
        events.add(event);
    }

    /// Something a person should know of and no event says. The same note at look after look is one.
    ///
    /// @param model whose it is, empty when it is no model's
    void note(String model, String text) {
        notes.add(new RepositoryNote(model, text));
    }

    /// Asks for another look in so many nanoseconds.
    void due(long nanos) {
        dueNanos = Math.min(dueNanos, nanos);
    }

    List<RepositoryEvent> events() {
        events.sort(EVENT_ORDER);
        return events;
    }

    List<RepositoryNote> notes() {
        return List.copyOf(notes);
    }

    /// Nanoseconds until the next look is worth while, [Long#MAX_VALUE] when nothing is pending.
    long dueNanos() {
        return dueNanos;
    }

    private static Optional<String> version(RepositoryEvent event) {
        return switch (event) {
            case RepositoryEvent.ModelConfigured _,RepositoryEvent.ConfigInvalid _ -> Optional.empty();
            case RepositoryEvent.VersionSettled settled -> Optional.of(settled.version().version());
            case RepositoryEvent.VersionGone gone -> Optional.of(gone.version().version());
            case RepositoryEvent.VersionUnusable unusable -> Optional.of(unusable.version());
            case RepositoryEvent.UnusableGone gone -> Optional.of(gone.version());
        };
    }
}
