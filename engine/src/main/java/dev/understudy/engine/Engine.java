package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.GpuReading;
import dev.understudy.ffm.cuda.Nvml;
import dev.understudy.infer.InferenceFailure.Kind;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalEvent;
import dev.understudy.journal.Terms;
import dev.understudy.model.ModelVersion;
import dev.understudy.shadow.Maintenance;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The shadow-serving engine: champions that answer, challengers that rehearse, and the record of how they differ.
/// Thread-safe.
public final class Engine implements AutoCloseable {
    private final EngineConfig config;
    private final EngineParts parts;
    private final Map<String, HostedModel> models;
    private volatile boolean draining;

    private Engine(EngineConfig config, EngineParts parts) {
        this.config = config;
        this.parts = parts;
        this.models = parts.director().models();
    }

    /// Opens the state, loads champions, begins to watch. Returns when every model that can have a champion has one;
    /// challengers go on arriving.
    ///
    /// @throws EngineStartException when the repository cannot be read or is empty, or the state folder is in use
    public static Engine start(EngineConfig config) throws EngineStartException {
        return new Engine(config, EngineParts.start(config));
    }

    public EngineConfig config() {
        return config;
    }

    /// True when at least one champion can answer, no stop was asked for and the device is not lost. Models without a champion do not count.
    public boolean ready() {
        return unavailable().isEmpty() && models.values().stream().anyMatch(model -> model.champion() != null);
    }

    /// From now on not ready and every new inference is refused as UNAVAILABLE; those admitted are still answered.
    public void drain() {
        draining = true;
        parts.faults().stopping();
    }

    /// Why nothing is admitted any more, for a client.
    private Optional<InferenceFailure> unavailable() {
        if (parts.faults().deviceLost()) {
            return Optional.of(InferenceFailure.deviceLost());
        }
        return draining
                ? Optional.of(new InferenceFailure(Kind.UNAVAILABLE, "the server is stopping"))
                : Optional.empty();
    }

    /// Requests admitted and not yet answered.
    public long pending() {
        return statistics().stream().mapToLong(ServingStatistics::pending).sum();
    }

    /// Runs one inference on the champion and mirrors it. `done` is called exactly once: on this thread when the request
    /// is refused, else on the instance's thread, where it must not block.
    public void infer(InferenceRequest request, Consumer<? super InferenceOutcome> done) {
        ChampionLine champion = null;
        HostedModel model = models.get(request.model());
        if (model != null && unavailable().isEmpty()) {
            champion = model.champion();
        }
        if (champion == null || !answersTo(champion, request.version())) {
            done.accept(refusal(request.model(), request.version()));
        } else {
            champion.submit(request, done);
        }
    }

    /// Whether `model` (in `version`, null for whichever is champion) is served, and its signature.
    public ModelLookup lookup(String model, @Nullable String version) {
        HostedModel hosted = models.get(model);
        ChampionLine champion = hosted == null ? null : hosted.champion();
        if (champion == null || unavailable().isPresent() || !answersTo(champion, version)) {
            return new ModelLookup.Refused(refusal(model, version));
        }
        return new ModelLookup.Serving(new ModelMetadata(model, champion.version().version(), "onnx_onnxv1",
                champion.clientSignature().inputs(), champion.clientSignature().outputs(), champion.served()));
    }

    private static boolean answersTo(ChampionLine champion, @Nullable String version) {
        ModelVersion own = champion.version();
        return version == null || version.isEmpty() || version.equals(own.version())
                || version.equals(own.qualifiedName());
    }

    /// Triton's wording, which its own clients look for. A challenger is as unknown to clients as any other name.
    private InferenceFailure refusal(String name, @Nullable String version) {
        HostedModel model = models.get(name);
        if (model == null) {
            return new InferenceFailure(Kind.NOT_FOUND, "Request for unknown model: '" + name + "' is not found");
        }
        Optional<InferenceFailure> unavailable = unavailable();
        if (unavailable.isPresent()) {
            return unavailable.get();
        }
        if (model.champion() == null) {
            return new InferenceFailure(Kind.UNAVAILABLE, model.absence());
        }
        return new InferenceFailure(Kind.NOT_FOUND,
                "Request for unknown model: '" + name + "' version " + version + " is not found");
    }

    /// The champion of every model, and of a model without one what could have been.
    public List<RepositoryEntry> repositoryIndex() {
        List<RepositoryEntry> entries = new ArrayList<>();
        for (HostedModel model : sorted()) {
            ChampionLine champion = model.champion();
            if (champion != null) {
                entries.add(new RepositoryEntry(model.name(), champion.version().version(),
                        unavailable().isPresent() ? RepositoryEntry.State.UNAVAILABLE : RepositoryEntry.State.READY,
                        ""));
                continue;
            }
            if (model.roster().listed().isEmpty()) {
                entries.add(new RepositoryEntry(model.name(), "", RepositoryEntry.State.UNAVAILABLE, model.absence()));
            }
            for (Challenger version : model.roster().listed()) {
                boolean refused = version.state() == State.REFUSED;
                entries.add(new RepositoryEntry(model.name(), version.version(),
                        refused ? RepositoryEntry.State.UNAVAILABLE : RepositoryEntry.State.LOADING,
                        version.explanation()));
            }
        }
        return entries;
    }

    /// Statistics of all champions, by model name.
    public List<ServingStatistics> statistics() {
        List<ServingStatistics> statistics = new ArrayList<>();
        for (HostedModel model : sorted()) {
            ChampionLine champion = model.champion();
            if (champion != null) {
                statistics.add(champion.statistics());
            }
        }
        return statistics;
    }

    /// Roles, ledgers and agreement of all models, by name.
    public List<ModelStatus> status() {
        return sorted().stream().map(HostedModel::status).toList();
    }

    public Optional<ModelStatus> status(String model) {
        return Optional.ofNullable(models.get(model)).map(HostedModel::status);
    }

    /// What a person should look at that concerns no model, one sentence each: files and folders that are not part of the
    /// repository's layout, a repository that cannot be read, or a journal that fails.
    public List<String> alerts() {
        List<String> alerts = new ArrayList<>(parts.director().notes().ofNoModel());
        parts.journal().failure().map(JournalWatch::sentence).ifPresent(alerts::add);
        return alerts;
    }

    private List<HostedModel> sorted() {
        return models.values().stream().sorted(Comparator.comparing(HostedModel::name)).toList();
    }

    /// Loading and closing of challengers' sessions, which holds up more than their lane, and what champions answered meanwhile.
    public Maintenance.Account maintenance() {
        return parts.governor().maintenance().account();
    }

    /// What the GPU is doing that models run on, whoever uses it; empty where they run on the processor, or the driver's
    /// management library is not there or does not know the GPU. Takes milliseconds.
    public Optional<GpuReading> gpu() {
        return parts.device().cuda().flatMap(gpu -> Nvml.open() instanceof Answer.Granted<Nvml>(Nvml nvml)
                ? nvml.read(gpu.device())
                : Optional.empty());
    }

    /// Sets the share of a model's requests that is mirrored, 0..1, until the next start or change of `model.yaml`;
    /// recorded with the time. False when there is no such model. Must not be called by a champion's thread.
    ///
    /// @throws IllegalArgumentException when the rate is not within 0..1
    public boolean setSampling(String model, double rate) {
        HostedModel hosted = models.get(model);
        if (hosted == null) {
            return false;
        }
        hosted.sampler().set(rate);
        parts.chronicle().note(JournalEvent.Kind.SAMPLING, hosted, "", "", "rate " + rate);
        return true;
    }

    /// What cannot be asked of a model's outputs by these criteria, one sentence each; none where no champion tells which outputs
    /// there are, or there is no such model.
    public List<String> problems(String model, Criteria asked) {
        HostedModel hosted = models.get(model);
        ChampionLine champion = hosted == null ? null : hosted.champion();
        return champion == null ? List.of() : Terms.problems(asked, champion.signature().outputs());
    }

    /// Sets a model's criteria, or with null goes back to those of its `model.yaml`. Recorded with who and when, and kept
    /// across restarts. Challengers that are shadowing begin new evaluations, and have when this returns. Must not be called
    /// by a champion's thread.
    ///
    /// @return those in force now; empty when there is no such model
    /// @throws IOException when they cannot be recorded; then those before stay
    public Optional<CriteriaInForce> setCriteria(String model, @Nullable Criteria criteria, String by)
            throws IOException {
        return parts.criteria().set(model, criteria, by);
    }

    /// What a model's answers are about, as declared now; empty when nothing was declared.
    public Optional<Task> task(String model) {
        return Optional.ofNullable(models.get(model)).flatMap(hosted -> hosted.terms().task());
    }

    /// The record of comparisons, captures and events, for reading.
    public Journal journal() {
        return parts.journal();
    }

    /// Stops watching, answers what was admitted, retires challengers, closes sessions and flushes the journal.
    @Override
    public void close() {
        drain();
        parts.close();
        config.log().accept(new LogEvent(Level.INFO, "", "engine stopped"));
    }
}
