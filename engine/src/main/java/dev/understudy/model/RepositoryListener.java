package dev.understudy.model;

import java.util.List;

/// Told what happens in the repository.
@FunctionalInterface
public interface RepositoryListener {
    /// What one look at the repository found, never empty: models by name; of a model its configuration first, then
    /// its versions in their natural order; of a version its going before its coming. Called by the thread that
    /// starts the watcher for the first look and by the watcher's own thread afterwards, one call at a time. Watching
    /// waits for the return. An exception or an error is reported as a warning and the events are not repeated.
    void onEvents(List<RepositoryEvent> events);

    /// What now stands in the way of taking files and is in no event, told whenever it has changed, none included. Called as
    /// [#onEvents] is, after the events of the same look.
    default void onNotes(List<RepositoryNote> standing) {}
}
