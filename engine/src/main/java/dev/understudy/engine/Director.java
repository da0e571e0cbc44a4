package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.journal.JournalEvent.Kind;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.ObjectStore;
import dev.understudy.model.RepositoryEvent;
import dev.understudy.model.RepositoryListener;
import dev.understudy.model.RepositoryNote;
import dev.understudy.model.VersionPolicy;
import dev.understudy.roles.ChampionFile;
import dev.understudy.roles.NoiseFile;
import dev.understudy.runtime.Signature;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Decides what happens when the repository changes: who is cast as champion, who rehearses, who is refused and why.
/// Everything it and [Casting] decide, they decide on the one thread of [Decisions]; probation runs beside it.
final class Director implements RepositoryListener, AutoCloseable {
    private final ModelCopies copies;
    private final Casting casting;
    private final Audition audition;
    private final Entrance entrance;
    private final Chronicle chronicle;
    private final ModelSettings settings;
    private final Function<String, HostedModel> host;
    private final Renewal renewal;
    private final Places places;
    private final Map<String, HostedModel> models = new ConcurrentHashMap<>();
    private final StandingNotes notes = new StandingNotes(models);
    private final Decisions decisions;
    private volatile boolean closing;

    /// @param host makes a model that is seen for the first time
    Director(EngineConfig config, ObjectStore objects, ChampionFile roles, NoiseFile noise, Audition audition,
            Entrance entrance, Chronicle chronicle, Function<String, HostedModel> host) {
        this.host = host;
        this.copies = new ModelCopies(config, objects, chronicle);
        this.decisions = new Decisions(config.log(), Decisions.LISTING_MAX);
        this.casting = new Casting(this, decisions, objects, roles, noise, audition, entrance, chronicle);
        this.audition = audition;
        this.entrance = entrance;
        this.chronicle = chronicle;
        this.settings = new ModelSettings(chronicle);
        this.renewal = new Renewal(this, entrance, chronicle);
        this.places = new Places(models, config.limits().challengersMax());
    }

    Renewal renewal() {
        return renewal;
    }

    Map<String, HostedModel> models() {
        return models;
    }

    StandingNotes notes() {
        return notes;
    }

    @Override
    public void onEvents(List<RepositoryEvent> events) {
        decide(() -> {
            Set<HostedModel> touched = new HashSet<>();
            for (RepositoryEvent event : events) {
                touched.add(take(event));
            }
            touched.forEach(this::review);
            touched.forEach(casting::cast);
            decisions.afterCasting(() -> {
                touched.forEach(renewal::renew);
                copies.retain(models.values(), casting.sha256InUse());
            });
        });
    }

    @Override
    public void onNotes(List<RepositoryNote> standing) {
        decide(() -> notes.replace(standing));
    }

    /// Runs a decision on the director's thread; false when the server is stopping and takes none.
    boolean decide(Runnable decision) {
        return decisions.decide(decision);
    }

    /// As [Decisions#awaitCast].
    void awaitCast() {
        decisions.awaitCast();
    }

    private HostedModel take(RepositoryEvent event) {
        HostedModel model = models.computeIfAbsent(event.model(), name -> notes.showOn(host.apply(name)));
        switch (event) {
            case RepositoryEvent.ModelConfigured configured -> settings.take(model, configured);
            case RepositoryEvent.ConfigInvalid invalid -> settings.refuse(model, invalid);
            case RepositoryEvent.VersionSettled settled -> model.versions().arrived(settled.version());
            case RepositoryEvent.VersionUnusable unusable -> {
                model.roster().add(new Challenger(unusable.version(), unusable.sha256(), unusable.reason()));
                chronicle.note(Kind.REFUSED, model, unusable.version(), unusable.sha256(), unusable.reason());
                casting.unusable(model, unusable.version(), unusable.reason());
            }
            case RepositoryEvent.UnusableGone gone ->
                model.roster().findUnusable(gone.version(), gone.sha256()).ifPresent(model.roster()::remove);
            case RepositoryEvent.VersionGone gone -> lose(model, gone.version());
        }
        return model;
    }

    /// Lets in and puts out what the model's version policy says. The champion stays whatever it says.
    private void review(HostedModel model) {
        VersionPolicy policy = model.config().triton().versions();
        VersionRoll.Change change = model.versions().review(policy);
        String reason = "config.pbtxt's version_policy leaves it out: " + policy.text();
        for (ModelVersion version : change.out()) {
            casting.left(model, version);
            ChampionLine champion = model.champion();
            if (champion == null || !isChampion(champion, version)) {
                Optional<Challenger> before = model.roster().find(version.version(), version.sha256());
                before.filter(c -> c.state() != State.REFUSED).ifPresent(c -> retire(model, c, reason));
                Challenger outside = known(model, version);
                model.roster().add(outside);
                refuse(model, outside, reason);
                if (before.filter(c -> c.state() == State.REFUSED).isPresent()) {
                    places.afterTwin(model, outside).ifPresent(this::takeTurn);
                }
                casting.unusable(model, version.version(), reason);
            }
        }
        change.in().forEach(version -> settle(model, version));
    }

    private void settle(HostedModel model, ModelVersion version) {
        ChampionLine champion = model.champion();
        if (champion != null && !isChampion(champion, version)) {
            rehearse(model, version);
            return;
        }
        model.roster().find(version.version(), version.sha256()).filter(c -> c.state() == State.REFUSED)
                .ifPresent(model.roster()::remove);
        if (champion != null) {
            model.alert("champion-file", "");
        } else {
            casting.arrived(model, version);
        }
    }

    private static boolean isChampion(ChampionLine champion, ModelVersion version) {
        return champion.version().sha256().equals(version.sha256())
                && champion.version().version().equals(version.version());
    }

    /// A version's file left the repository.
    private void lose(HostedModel model, ModelVersion version) {
        model.versions().left(version);
        casting.left(model, version);
        audition.left(version);
        ChampionLine champion = model.champion();
        if (champion != null && isChampion(champion, version)) {
            String what = "the file of champion " + version.version()
                    + " was deleted or replaced; it goes on answering from its copy";
            model.alert("champion-file", what);
            chronicle.alert(model, what);
        }
        leave(model, version, "its file was deleted or replaced");
    }

    /// Ends what a version that is not champion was doing.
    private void leave(HostedModel model, ModelVersion version, String why) {
        model.roster().find(version.version(), version.sha256()).ifPresent(challenger -> {
            if (challenger.state() == State.REFUSED) {
                // Its twin first, which may take over the account that is listed with it.
                places.afterTwin(model, challenger).ifPresent(this::takeTurn);
                model.roster().remove(challenger);
            } else {
                retire(model, challenger, why);
            }
        });
    }

    /// Ends a challenger, on the director's thread.
    void retire(HostedModel model, Challenger challenger, String why) {
        challenger.enter(State.RETIRED, why);
        model.refreshFanout();
        challenger.end();
        chronicle.note(Kind.RETIRED, model, challenger.version(), challenger.sha256(), why);
        places.afterTwin(model, challenger).or(places::forRoom).ifPresent(this::takeTurn);
    }

    private void takeTurn(Places.Turn turn) {
        rehearse(turn.model(), turn.files());
    }

    /// Puts a version on probation as a challenger, in the place where it was refused before; on the director's thread.
    void rehearse(HostedModel model, ModelVersion version) {
        ChampionLine champion = model.champion();
        if (champion == null || model.roster().find(version.version(), version.sha256())
                .filter(c -> c.state() != State.REFUSED).isPresent()) {
            return;
        }
        Optional<String> taken = places.takenByTwin(model, version.sha256());
        Challenger challenger = taken.isPresent() ? new Challenger(version) : known(model, version);
        model.roster().add(challenger);
        if (taken.isPresent()) {
            refuse(model, challenger, taken.get());
            return;
        }
        challenger.enter(State.PROBATION, "");
        audition.challenger(model, champion, version, result -> decide(() -> {
            if (challenger.state() == State.PROBATION && !audition.isClosing()) {
                switch (result) {
                    case Audition.Result.Refused(String reason) -> refuse(model, challenger, reason);
                    case Audition.Result.Passed(Signature signature) ->
                        shadow(model, champion, challenger, version, signature);
                }
            }
        }));
    }

    /// A version with what is on record of it beside the champion.
    private Challenger known(HostedModel model, ModelVersion version) {
        ChampionLine champion = model.champion();
        return new Challenger(version, model.roster().ended(version.sha256()).orElse(null), champion == null
                ? null
                : entrance.onRecord(model.pair(champion, version.sha256())).orElse(null));
    }

    private void shadow(HostedModel model, ChampionLine champion, Challenger challenger, ModelVersion version,
            Signature signature) {
        if (closing) {
            return;
        }
        Optional<String> refusal = places.full()
                .or(() -> entrance.begin(model, champion, challenger, version, signature));
        if (refusal.isPresent()) {
            refuse(model, challenger, refusal.get());
            return;
        }
        model.begin(challenger);
        chronicle.note(Kind.SHADOWING, model, version.version(), version.sha256(),
                "passed probation; the champion's requests are mirrored to it" + model.numerics());
    }

    /// Lists a version as refused, on the director's thread.
    void refuse(HostedModel model, Challenger challenger, String reason) {
        challenger.enter(State.REFUSED, reason);
        chronicle.note(Kind.REFUSED, model, challenger.version(), challenger.sha256(), reason);
    }

    /// Takes no more decisions and waits for the one in progress.
    @Override
    public void close() {
        closing = true;
        decisions.close();
    }
}
