package dev.understudy.engine;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.model.ModelVersion;
import java.util.List;
import java.util.Objects;

/// How the versions of a model that are not champion are listed: which, under what names, and with whose account. Immutable; a
/// picture of one instant.
record Billing(List<Challenger> challengers) {
    Billing {
        challengers = List.copyOf(challengers);
    }

    /// Those that are listed. What was refused as the second of its name is left out where it has the bytes of the first, too:
    /// nothing tells the two apart, and it is no other version.
    List<Challenger> shown() {
        return challengers.stream()
                .filter(c -> c.files() != null || challengers.stream()
                        .noneMatch(other -> other.files() != null && other.is(c.version(), c.sha256())))
                .toList();
    }

    /// Whether an account is listed with this version. Evidence belongs to bytes, so of several with the same bytes it is listed
    /// with one, that rehearses if one does: else whoever adds up would count it twice.
    boolean holdsAccount(Challenger challenger) {
        List<Challenger> twins = challengers.stream()
                .filter(c -> c.files() != null && c.sha256().equals(challenger.sha256())).toList();
        return twins.stream().filter(c -> c.state() != State.RETIRED && c.state() != State.REFUSED).findFirst()
                .or(() -> twins.stream().findFirst()).filter(holder -> !holder.equals(challenger)).isEmpty();
    }

    /// A champion's name, qualified where the repository has other bytes under it now.
    String name(ModelVersion champion) {
        boolean replaced = challengers.stream().anyMatch(c -> c.version().equals(champion.version())
                && c.state() != State.RETIRED && !c.sha256().equals(champion.sha256()));
        return replaced ? champion.qualifiedName() : champion.version();
    }

    /// The same of another.
    String name(Challenger challenger) {
        ModelVersion files = challenger.files();
        boolean replaced = files != null && challenger.state() == State.RETIRED
                && challengers.stream().anyMatch(c -> !Objects.equals(c, challenger)
                        && c.version().equals(challenger.version()) && !c.sha256().equals(challenger.sha256()));
        return replaced && files != null ? files.qualifiedName() : challenger.version();
    }
}
