package dev.understudy.engine;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.journal.Journal;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The shadow-serving engine: champions that answer, challengers that rehearse, and the record of how they differ.
/// Thread-safe.
@SuppressWarnings("DoNotCallSuggester")
public final class Engine implements AutoCloseable {
    /// Opens the state, loads champions, begins to watch. Returns when every model that can have a champion has one.
    ///
    /// @throws EngineStartException when the repository cannot be read or the state folder is in use
    public static Engine start(EngineConfig config) throws EngineStartException {
        throw new EngineStartException("under construction " + config);
    }

    public EngineConfig config() {
        throw new IllegalStateException("under construction");
    }

    /// True when at least one model is known, every model that has a champion can answer, and no stop was asked for.
    public boolean ready() {
        throw new IllegalStateException("under construction");
    }

    /// From now on not ready and every new inference is refused as UNAVAILABLE; those admitted are still answered.
    public void drain() {
        throw new IllegalStateException("under construction");
    }

    /// Runs one inference on the champion and mirrors it. `done` is called exactly once: on this thread when the request
    /// is refused, else on the instance's thread, where it must not block.
    public void infer(InferenceRequest request, Consumer<? super InferenceOutcome> done) {
        throw new IllegalStateException("under construction");
    }

    /// Whether `model` (in `version`, null for whichever is champion) is served, and its signature.
    public ModelLookup lookup(String model, @Nullable String version) {
        throw new IllegalStateException("under construction");
    }

    /// Every version the repository holds that is or could be champion, by name and version.
    public List<RepositoryEntry> repositoryIndex() {
        throw new IllegalStateException("under construction");
    }

    /// Statistics of all champions, by model name.
    public List<ServingStatistics> statistics() {
        throw new IllegalStateException("under construction");
    }

    /// Roles, ledgers and agreement of all models, by name.
    public List<ModelStatus> status() {
        throw new IllegalStateException("under construction");
    }

    public Optional<ModelStatus> status(String model) {
        throw new IllegalStateException("under construction");
    }

    /// Sets the share of a model's requests that is mirrored, 0..1, recorded with the time. False when there is no such
    /// model.
    ///
    /// @throws IllegalArgumentException when the rate is not within 0..1
    public boolean setSampling(String model, double rate) {
        throw new IllegalStateException("under construction");
    }

    /// The record of comparisons, captures and events, for reading.
    public Journal journal() {
        throw new IllegalStateException("under construction");
    }

    /// Stops watching, drains, retires challengers, closes sessions and flushes the journal.
    @Override
    public void close() {
        throw new IllegalStateException("under construction");
    }
}
