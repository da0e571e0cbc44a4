package dev.understudy.model;

import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Which versions of a model are let in, and which of them is tried first where there is no champion yet. Pure.
///
/// Triton knows numbers only, so where its policies count or list versions, other names are left out.
public sealed interface VersionPolicy {
    /// Nothing is said: all are let in.
    ///
    /// @param highestFirst as Triton has it where there is a `config.pbtxt`
    record Unstated(boolean highestFirst) implements VersionPolicy {}

    /// `all`.
    record All() implements VersionPolicy {}

    /// `latest`: the highest numbers there are.
    record Latest(int count) implements VersionPolicy {}

    /// `specific`: the numbers listed.
    record Specific(Set<Long> versions) implements VersionPolicy {
        public Specific {
            versions = Set.copyOf(versions);
        }
    }

    /// Those let in, of the versions that are there.
    default Set<String> letIn(Collection<String> present) {
        return switch (this) {
            case Unstated _,All _ -> Set.copyOf(present);
            case Latest(int count) -> present.stream().filter(VersionOrder::isNumber)
                    .sorted(VersionOrder.NATURAL.reversed()).limit(count)
                    .collect(Collectors.toUnmodifiableSet());
            case Specific(Set<Long> versions) -> {
                List<BigInteger> listed = versions.stream().map(BigInteger::valueOf).toList();
                yield present.stream().filter(VersionOrder::isNumber)
                        .filter(version -> listed.contains(new BigInteger(version)))
                        .collect(Collectors.toUnmodifiableSet());
            }
        };
    }

    /// True when the first champion is the highest of those let in, and not the lowest.
    default boolean prefersHighest() {
        return !(this instanceof Unstated(boolean highestFirst)) || highestFirst;
    }

    /// As the file writes it, for messages.
    default String text() {
        return switch (this) {
            case Unstated _ -> "";
            case All _ -> "all {}";
            case Latest(int count) -> "latest { num_versions: " + count + " }";
            case Specific(Set<Long> versions) -> "specific { versions: " + new TreeSet<>(versions) + " }";
        };
    }
}
