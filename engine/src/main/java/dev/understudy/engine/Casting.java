package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.journal.JournalEvent.Kind;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.ObjectStore;
import dev.understudy.roles.Champion;
import dev.understudy.roles.ChampionFile;
import dev.understudy.roles.NoiseFile;
import dev.understudy.runtime.ModelLoadException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds a champion for a model that has none. Not thread-safe; owned by the director's thread.
final class Casting {
    private final Director director;
    private final Decisions decisions;
    private final ObjectStore objects;
    private final ChampionFile roles;
    private final NoiseFile noise;
    private final Audition audition;
    private final Entrance entrance;
    private final Chronicle chronicle;
    /// Versions of models without a champion, in natural order.
    private final Map<String, ArrayDeque<ModelVersion>> uncast = new HashMap<>();
    /// Champions on record, also those that could not be resumed: their copies must stay.
    private final Map<String, String> sha256OnRecord = new HashMap<>();
    /// The version of a model that is on probation as its champion.
    private final Map<String, ModelVersion> candidates = new HashMap<>();
    /// Models whose candidate's file has left the repository meanwhile.
    private final Set<String> candidatesGone = new HashSet<>();

    Casting(Director director, Decisions decisions, ObjectStore objects, ChampionFile roles, NoiseFile noise,
            Audition audition, Entrance entrance, Chronicle chronicle) {
        this.director = director;
        this.decisions = decisions;
        this.objects = objects;
        this.roles = roles;
        this.noise = noise;
        this.audition = audition;
        this.entrance = entrance;
        this.chronicle = chronicle;
    }

    /// A version arrived while its model has no champion.
    void arrived(HostedModel model, ModelVersion version) {
        uncast.computeIfAbsent(model.name(), name -> new ArrayDeque<>()).add(version);
    }

    /// A version's file left the repository.
    void left(HostedModel model, ModelVersion version) {
        if (version.equals(candidates.get(model.name()))) {
            candidatesGone.add(model.name());
        }
        ArrayDeque<ModelVersion> waiting = uncast.get(model.name());
        if (waiting != null) {
            waiting.remove(version);
        }
    }

    /// Versions whose copies this must find again.
    Set<String> sha256InUse() {
        Set<String> inUse = new HashSet<>(sha256OnRecord.values());
        uncast.values().forEach(waiting -> waiting.forEach(version -> inUse.add(version.sha256())));
        candidates.values().forEach(candidate -> inUse.add(candidate.sha256()));
        return inUse;
    }

    /// Gives the model a champion if it has none: the one on record, else the first candidate that loads.
    void cast(HostedModel model) {
        ArrayDeque<ModelVersion> waiting = uncast.getOrDefault(model.name(), new ArrayDeque<>());
        if (model.champion() != null || !model.obstacle().isEmpty() || model.versions().isEmpty()
                || candidates.containsKey(model.name())) {
            return;
        }
        try {
            Optional<Champion> onRecord = roles.read(model.name());
            if (onRecord.isPresent()) {
                sha256OnRecord.put(model.name(), onRecord.get().sha256());
                resume(model, onRecord.get());
                return;
            }
        } catch (IOException e) {
            // Never silently another champion than the one on record.
            fail(model, "its champion on record cannot be read: " + e.getMessage());
            return;
        }
        boolean highest = model.config().triton().versions().prefersHighest();
        ModelVersion candidate = highest ? waiting.pollLast() : waiting.poll();
        if (candidate == null) {
            return;
        }
        candidates.put(model.name(), candidate);
        decisions.castingBegan();
        audition.candidate(model, candidate, result -> {
            decisions.decide(() -> {
                candidates.remove(model.name());
                boolean gone = candidatesGone.remove(model.name());
                switch (result) {
                    case Audition.Result.Refused(String reason) -> pass(model, candidate, reason);
                    case Audition.Result.Passed passed when gone -> cast(model);
                    case Audition.Result.Passed passed -> crown(model, candidate, true);
                }
            });
            decisions.castingEnded();
        });
    }

    /// A candidate cannot be champion; the next one is tried.
    private void pass(HostedModel model, ModelVersion candidate, String reason) {
        Challenger refused = new Challenger(candidate);
        model.roster().add(refused);
        director.refuse(model, refused, reason);
        unusable(model, candidate.version(), reason);
        cast(model);
    }

    /// Says why a model is still without a champion.
    void unusable(HostedModel model, String version, String reason) {
        if (model.champion() == null) {
            model.alert("champion", "version " + version + " cannot be champion: " + reason);
        }
    }

    private void resume(HostedModel model, Champion onRecord) throws IOException {
        ModelVersion version = objects.find(model.name(), onRecord.version(), onRecord.sha256()).orElse(null);
        if (version == null) {
            String what = "its champion on record, version " + onRecord.version() + ", is in neither the repository nor"
                    + " the state folder; put its file back";
            fail(model, what);
            return;
        }
        ArrayDeque<ModelVersion> waiting = uncast.getOrDefault(model.name(), new ArrayDeque<>());
        waiting.remove(version);
        // Its version policy may leave it out; it stays champion all the same.
        model.roster().find(version.version(), version.sha256()).ifPresent(model.roster()::remove);
        if (!model.versions().holds(version)) {
            model.alert("champion-file", "the file of champion " + version.version()
                    + " is no longer in the repository; it answers from its copy");
        }
        crown(model, version, false);
    }

    /// Loads the champion in its lane, records it when it is new, and has the others rehearse after it.
    private void crown(HostedModel model, ModelVersion version, boolean isNew) {
        ChampionLine line;
        try {
            line = entrance.champion(model, version);
        } catch (ModelLoadException e) {
            if (isNew) {
                pass(model, version, e.reason());
            } else {
                fail(model, "its champion on record cannot be loaded: " + e.reason());
            }
            return;
        }
        if (isNew) {
            try {
                roles.write(model.name(), new Champion(version.sha256(), version.version()));
            } catch (IOException e) {
                line.close();
                fail(model, "its champion cannot be recorded, so it does not answer: " + e.getMessage());
                return;
            }
            sha256OnRecord.put(model.name(), version.sha256());
        }
        ToleranceDesk.asLeft(model, version, noise, chronicle);
        model.crown(line);
        model.alert("champion", "");
        model.alert("batching", line.batching().warning());
        model.checkTerms(line, chronicle);
        chronicle.note(Kind.CHAMPION, model, version.version(), version.sha256(),
                isNew ? "first version that loads" : "champion on record");
        decisions.afterCasting(() -> rehearseOthers(model));
    }

    /// They wait in their queue till then, where one that leaves meanwhile is taken out and their copies are kept.
    private void rehearseOthers(HostedModel model) {
        ArrayDeque<ModelVersion> others = uncast.remove(model.name());
        if (others != null) {
            others.forEach(other -> director.rehearse(model, other));
        }
    }

    private void fail(HostedModel model, String sentence) {
        model.alert("champion", sentence);
        chronicle.alert(model, sentence);
    }
}
