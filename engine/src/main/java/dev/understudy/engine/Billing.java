package dev.understudy.engine;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.model.ModelVersion;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// How the versions of a model that are not champion are listed: which, under what names, and with whose account. Immutable.
///
/// @param states of all, in the list's order, each read once: else an account could pass from one to another under the eyes of
///               whoever adds up
record Billing(SequencedMap<Challenger, State> states) {
    Billing {
        states = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(states));
    }

    static Billing of(List<Challenger> challengers) {
        SequencedMap<Challenger, State> states = new LinkedHashMap<>();
        challengers.forEach(each -> states.put(each, each.state()));
        return new Billing(states);
    }

    private Stream<Challenger> all() {
        return states.sequencedKeySet().stream();
    }

    private boolean is(Challenger challenger, State state) {
        return states.get(challenger) == state;
    }

    /// Those that are listed. What was refused as the second of its name is left out where it has the bytes of the first, too:
    /// nothing tells the two apart, and it is no other version.
    List<Challenger> shown() {
        return all()
                .filter(c -> c.files() != null || all()
                        .noneMatch(other -> other.files() != null && other.is(c.version(), c.sha256())))
                .toList();
    }

    /// Whether an account is listed with this version. Evidence belongs to bytes, so of several with the same bytes it is listed
    /// with one, that rehearses if one does, else did: else whoever adds up would count it twice, or not at all.
    boolean holdsAccount(Challenger challenger) {
        return all().filter(c -> c.files() != null && c.sha256().equals(challenger.sha256()))
                .min(Comparator.comparingInt(this::rank)).filter(holder -> !holder.equals(challenger)).isEmpty();
    }

    /// The lower, the more there is to be listed with it.
    private int rank(Challenger challenger) {
        if (!is(challenger, State.RETIRED) && !is(challenger, State.REFUSED)) {
            return 0;
        }
        return challenger.evaluation() != null ? 1 : challenger.latest() != null ? 2 : 3;
    }

    /// A champion's name, qualified where the repository has other bytes under it now.
    String name(ModelVersion champion) {
        boolean replaced = all().anyMatch(c -> c.version().equals(champion.version())
                && !is(c, State.RETIRED) && !c.sha256().equals(champion.sha256()));
        return replaced ? champion.qualifiedName() : champion.version();
    }

    /// The same of another.
    String name(Challenger challenger) {
        ModelVersion files = challenger.files();
        boolean replaced = files != null && is(challenger, State.RETIRED)
                && all().anyMatch(c -> !Objects.equals(c, challenger)
                        && c.version().equals(challenger.version()) && !c.sha256().equals(challenger.sha256()));
        return replaced && files != null ? files.qualifiedName() : challenger.version();
    }
}
