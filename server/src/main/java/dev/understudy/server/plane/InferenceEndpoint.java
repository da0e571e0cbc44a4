package dev.understudy.server.plane;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.ModelLookup;
import dev.understudy.engine.RepositoryEntry;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the data plane needs of the engine, with the meanings of [dev.understudy.engine.Engine]; the seam at which the
/// protocol is tested without models. Thread-safe.
public interface InferenceEndpoint {
    /// `done` is called exactly once, on any thread.
    void infer(InferenceRequest request, Consumer<? super InferenceOutcome> done);

    ModelLookup lookup(String model, @Nullable String version);

    boolean ready();

    List<RepositoryEntry> repositoryIndex();

    List<ServingStatistics> statistics();
}
