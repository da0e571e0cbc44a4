package dev.understudy.engine;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.shadow.PairEvaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The challengers that a model lists. Single writer: the director's thread; readable from any.
final class Roster {
    /// Ended challengers that stay listed, for whoever comes to look; the journal keeps all.
    private static final int ENDED_MAX = 16;

    /// Immutable, and replaced in one step: whoever adds up its accounts sees each of them once.
    private volatile List<Challenger> challengers = List.of();

    List<Challenger> listed() {
        return challengers;
    }

    /// Lists a challenger, in place of an ended one of the same bytes, whose record is now this one's, and of the same version
    /// where it was refused before.
    void add(Challenger challenger) {
        List<Challenger> listed = new ArrayList<>(challengers);
        listed.removeIf(before -> challenger.files() != null && before.sha256().equals(challenger.sha256())
                && (before.state() == State.RETIRED || (before.state() == State.REFUSED && before.files() != null
                        && before.version().equals(challenger.version()))));
        listed.add(challenger);
        List<Challenger> ended = listed.stream().filter(c -> c.state() == State.RETIRED).toList();
        listed.removeAll(ended.subList(0, Math.max(0, ended.size() - ENDED_MAX)));
        challengers = List.copyOf(listed);
    }

    void remove(Challenger challenger) {
        challengers = challengers.stream().filter(c -> !c.equals(challenger)).toList();
    }

    /// A version whose copy is in the object store.
    Optional<Challenger> find(String version, String sha256) {
        return challengers.stream()
                .filter(c -> c.files() != null && c.is(version, sha256) && c.state() != State.RETIRED).findFirst();
    }

    /// A version whose files cannot be one.
    Optional<Challenger> findUnusable(String version, String sha256) {
        return challengers.stream().filter(c -> c.files() == null && c.is(version, sha256)).findFirst();
    }

    /// The last evaluation of a challenger of these bytes that ended or was refused, if it is still listed.
    Optional<PairEvaluation> ended(String sha256) {
        return challengers.stream()
                .filter(c -> c.sha256().equals(sha256)
                        && (c.state() == State.RETIRED || c.state() == State.REFUSED))
                .map(Challenger::latest).filter(Objects::nonNull).findFirst();
    }
}
