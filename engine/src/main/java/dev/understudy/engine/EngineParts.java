package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.EngineStartException.Kind;
import dev.understudy.ffm.Scheduling;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalLimits;
import dev.understudy.model.ObjectStore;
import dev.understudy.model.RepositoryWatcher;
import dev.understudy.model.WatchConfig;
import dev.understudy.roles.ChampionFile;
import dev.understudy.roles.CriteriaFile;
import dev.understudy.roles.NoiseFile;
import dev.understudy.roles.StrikeFile;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.OpenedDevice;
import dev.understudy.runtime.OrtNatives;
import dev.understudy.shadow.Comparer;
import dev.understudy.shadow.Governor;
import dev.understudy.shadow.HeapBudget;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.shadow.RunMarks;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/// The engine's parts, started in order and closed in the reverse order. Thread-safe once started.
final class EngineParts implements AutoCloseable {
    /// That of its mirrored requests and that of its probes.
    private static final int LINES_OF_A_CHALLENGER = 2;

    /// Of what the shadow side does on the processors while models run on a GPU.
    private static final int NICENESS = 5;

    private final Deque<AutoCloseable> started;
    private final EngineConfig config;
    private final OpenedDevice device;
    private final Journal journal;
    private final Chronicle chronicle;
    private final FaultBoundary faults;
    private final Governor governor;
    private final Director director;
    private final CriteriaDesk criteria;
    private final ToleranceDesk tolerances;

    private EngineParts(EngineConfig config, Deque<AutoCloseable> started)
            throws EngineStartException, IOException {
        this.config = config;
        this.started = started;
        StateFolder state = StateFolder.open(config.state(), config.repository());
        started.push(state);
        OrtNatives.unpackInto(state.natives());
        ObjectStore objects = ObjectStore.open(state.objects());
        RunMarks marks = RunMarks.open(state.marks(), LINES_OF_A_CHALLENGER * config.limits().challengersMax());
        faults = new FaultBoundary(marks, StrikeFile.in(state.strikes()), config, Clock.systemUTC());
        started.push(faults);
        ChampionFile roles = ChampionFile.in(state.roles());
        CriteriaFile setCriteria = CriteriaFile.in(state.criteria());
        NoiseFile noise = new NoiseFile(state.noise());
        device = Placement.open(config);
        Lanes lanes = device.lanes();
        started.push(lanes);
        journal = behind(lanes, () -> Journal.open(state.journal(), journalLimits(config.limits())));
        started.push(journal);
        Comparer comparer = behind(lanes, () -> new Comparer(config.limits().comparerQueueRunsMax(), lanes));
        governor = new Governor(lanes, config.shadow().maxDeviceShare(),
                new HeapBudget(config.limits().shadowBytesMax()), marks, faults);
        started.push(governor);
        config.log().accept(new LogEvent(Level.INFO, "", "models run on " + lanes.device()
                + "; isolation of challengers is " + governor.achieved().label() + ", max_device_share "
                + config.shadow().maxDeviceShare()));
        chronicle = new Chronicle(config.log(), journal);
        RecordedRequests recorded = new RecordedRequests(journal, config.log());
        Audition audition = new Audition(config.limits(), device, recorded, faults, config.log());
        Entrance entrance = new Entrance(config.limits(), lanes, governor, journal, recorded, comparer, faults,
                config.log());
        director = new Director(config, objects, roles, noise, audition, entrance, chronicle,
                model -> CriteriaDesk.asLeft(new HostedModel(model, governor), setCriteria, chronicle));
        criteria = new CriteriaDesk(director, chronicle, setCriteria);
        tolerances = new ToleranceDesk(director, chronicle, noise);
        started.push(() -> closeLines(comparer));
        started.push(director);
        started.push(audition);
        started.push(new Rounds(director, governor, chronicle));
        started.push(behind(lanes, () -> new Verdicts(director, journal, tolerances, config.log())));
        started.push(watch(objects));
        director.awaitCast();
        if (director.models().isEmpty()) {
            throw new EngineStartException(Kind.REPOSITORY, "the repository " + config.repository()
                    + " holds no model; put one at NAME/1/model.onnx or NAME/1.onnx in it");
        }
        faults.serving();
    }

    /// Starts everything, or nothing.
    static EngineParts start(EngineConfig config) throws EngineStartException {
        if (!Files.isDirectory(config.repository())) {
            throw new EngineStartException(Kind.REPOSITORY,
                    "the repository " + config.repository() + " is not a folder");
        }
        Deque<AutoCloseable> started = new ArrayDeque<>();
        try {
            return new EngineParts(config, started);
        } catch (EngineStartException | RuntimeException e) {
            closeAll(started, config);
            throw e;
        } catch (IOException e) {
            closeAll(started, config);
            throw new EngineStartException(Kind.STATE,
                    "the state folder " + config.state() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /// Starts a part of the shadow side by a thread of the challengers' lane, whose place behind others its own threads inherit.
    private static <T> T behind(Lanes lanes, Callable<T> part) {
        try {
            return lanes.challenger().call("start", () -> {
                if (!lanes.givesWay()) {
                    // Its own threads are at normal priority, and these need not be. Refused only to who asks for more.
                    var unused = Scheduling.nice(0, NICENESS);
                }
                return part.call();
            });
        } catch (ExecutionException e) {
            throw new IllegalStateException("a part of the engine did not start", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
    }

    private RepositoryWatcher watch(ObjectStore objects) throws EngineStartException {
        try {
            return RepositoryWatcher.start(config.repository(), objects, WatchConfig.DEFAULT, director,
                    warning -> config.log().accept(new LogEvent(Level.WARN, "", warning)));
        } catch (IOException e) {
            throw new EngineStartException(Kind.REPOSITORY, config.repository() + ": " + e.getMessage(), e);
        }
    }

    OpenedDevice device() {
        return device;
    }

    Journal journal() {
        return journal;
    }

    Chronicle chronicle() {
        return chronicle;
    }

    FaultBoundary faults() {
        return faults;
    }

    Governor governor() {
        return governor;
    }

    CriteriaDesk criteria() {
        return criteria;
    }

    Director director() {
        return director;
    }

    /// Champions first, so that what they still answer is still offered; then the challengers, what they finished is
    /// compared, and the last state of every ledger is saved.
    private void closeLines(Comparer comparer) {
        for (HostedModel model : director.models().values()) {
            ChampionLine champion = model.champion();
            if (champion != null) {
                champion.close();
            }
        }
        for (HostedModel model : director.models().values()) {
            model.roster().listed().forEach(Challenger::end);
        }
        comparer.close();
        for (HostedModel model : director.models().values()) {
            tolerances.saveUnfinished(model);
            for (Challenger challenger : model.roster().listed()) {
                for (PairEvaluation evaluation : challenger.unsettled()) {
                    journal.saveLedger(evaluation.pair(), evaluation.ledger().counts());
                }
            }
        }
    }

    @Override
    public void close() {
        closeAll(started, config);
    }

    private static void closeAll(Deque<AutoCloseable> started, EngineConfig config) {
        for (AutoCloseable part = started.poll(); part != null; part = started.poll()) {
            try {
                part.close();
            } catch (Exception e) {
                config.log().accept(new LogEvent(Level.ERROR, "", "a part of the engine did not close: " + e));
            }
        }
    }

    private static JournalLimits journalLimits(Limits limits) {
        JournalLimits defaults = JournalLimits.DEFAULTS;
        return defaults
                .withRetention(new JournalLimits.Retention(limits.journalRowsMax(),
                        Math.min(limits.journalRowsMax(), defaults.retention().rowsPerPairMax()),
                        defaults.retention().eventsMax(), limits.answersMax()))
                .withCaptures(new JournalLimits.Captures(limits.capturesMax(), limits.captureSampleMax(),
                        limits.captureBytesMax(),
                        defaults.captures().pairsMax(), defaults.captures().pairIdleMillis(),
                        defaults.captures().seed()));
    }
}
