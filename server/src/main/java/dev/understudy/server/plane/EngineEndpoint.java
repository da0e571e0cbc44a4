package dev.understudy.server.plane;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.Engine;
import dev.understudy.engine.ModelLookup;
import dev.understudy.engine.RepositoryEntry;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The engine behind the data plane. Thread-safe.
record EngineEndpoint(Engine engine) implements InferenceEndpoint {
    @Override
    public void infer(InferenceRequest request, Consumer<? super InferenceOutcome> done) {
        engine.infer(request, done);
    }

    @Override
    public ModelLookup lookup(String model, @Nullable String version) {
        return engine.lookup(model, version);
    }

    @Override
    public boolean ready() {
        return engine.ready();
    }

    @Override
    public List<RepositoryEntry> repositoryIndex() {
        return engine.repositoryIndex();
    }

    @Override
    public List<ServingStatistics> statistics() {
        return engine.statistics();
    }
}
