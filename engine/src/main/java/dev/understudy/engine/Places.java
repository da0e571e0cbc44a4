package dev.understudy.engine;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.model.ModelVersion;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Which challengers may rehearse at once, and whose turn comes when one leaves. Not thread-safe; owned by the director's
/// thread.
///
/// @param models         all that are hosted, as the director keeps them
/// @param challengersMax challengers that may shadow at once, over all models
record Places(Map<String, HostedModel> models, int challengersMax) {
    private static final String TWIN = "it has the same bytes as version ";

    /// A version that was refused only because of somebody who has left.
    record Turn(HostedModel model, ModelVersion files) {}

    /// Why these bytes may not rehearse once more. Evidence belongs to bytes: two lines would write one record.
    Optional<String> takenByTwin(HostedModel model, String sha256) {
        return model.roster().listed().stream()
                .filter(c -> c.sha256().equals(sha256) && c.state() != State.RETIRED && c.state() != State.REFUSED)
                .map(twin -> TWIN + twin.version()).findFirst();
    }

    /// Why nobody else may shadow now.
    Optional<String> full() {
        long active = models.values().stream().flatMap(model -> model.roster().listed().stream())
                .filter(challenger -> challenger.state() == State.SHADOWING).count();
        return active < challengersMax ? Optional.empty() : Optional.of(overLimit());
    }

    private String overLimit() {
        return "the limit of " + challengersMax + " challengers at once (challengers_max) is reached";
    }

    /// Whose turn it is now that a version of `model` rehearses no more; not its own.
    Optional<Turn> afterTwin(HostedModel model, Challenger leaver) {
        return refused(model, c -> c.sha256().equals(leaver.sha256()) && c.reason().startsWith(TWIN)
                && !c.equals(leaver)).findFirst();
    }

    /// Whose turn it is now that there is room.
    Optional<Turn> forRoom() {
        return models.values().stream().flatMap(model -> refused(model, c -> c.reason().equals(overLimit())))
                .findFirst();
    }

    private static Stream<Turn> refused(HostedModel model, Predicate<Challenger> why) {
        return model.roster().listed().stream().filter(c -> c.state() == State.REFUSED).filter(why).flatMap(refused -> {
            ModelVersion files = refused.files();
            return files == null ? Stream.empty() : Stream.of(new Turn(model, files));
        });
    }
}
