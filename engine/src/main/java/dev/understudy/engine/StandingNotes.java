package dev.understudy.engine;

import dev.understudy.model.RepositoryNote;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// What the watcher has noted and no event says, where people look for it: with the model it concerns, or apart when it
/// concerns none. Single writer: the director's thread; readable from any.
final class StandingNotes {
    private final Map<String, HostedModel> models;
    private volatile List<RepositoryNote> standing = List.of();

    /// @param models all there are, by name; safe for concurrent use
    StandingNotes(Map<String, HostedModel> models) {
        this.models = models;
    }

    /// Takes what stands now in place of what stood before.
    void replace(List<RepositoryNote> notes) {
        standing = List.copyOf(notes);
        models.values().forEach(this::showOn);
    }

    /// Shows a model what is noted about it, which may have been noted before the model was known.
    HostedModel showOn(HostedModel model) {
        model.note(texts(note -> note.model().equals(model.name())));
        return model;
    }

    /// What concerns no model that is known, a sentence each.
    List<String> ofNoModel() {
        return texts(note -> !models.containsKey(note.model()));
    }

    private List<String> texts(Predicate<RepositoryNote> chosen) {
        return standing.stream().filter(chosen).map(RepositoryNote::text).toList();
    }
}
