package dev.understudy.engine;

import dev.understudy.model.ModelVersion;
import dev.understudy.model.VersionOrder;
import dev.understudy.model.VersionPolicy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// The versions of one model that lie in the repository, and which of them its version policy has let in. Not thread-safe;
/// owned by the director's thread.
final class VersionRoll {
    private final TreeMap<String, ModelVersion> present = new TreeMap<>(VersionOrder.NATURAL);
    private final Set<String> letIn = new HashSet<>();
    private final Set<String> leftOut = new HashSet<>();

    /// What a look at the policy changes, in natural order.
    ///
    /// @param in  versions that may come in now
    /// @param out versions that must go, or must wait outside
    record Change(List<ModelVersion> in, List<ModelVersion> out) {}

    void arrived(ModelVersion version) {
        present.put(version.version(), version);
        letIn.remove(version.version());
        leftOut.remove(version.version());
    }

    void left(ModelVersion version) {
        if (present.remove(version.version(), version)) {
            letIn.remove(version.version());
            leftOut.remove(version.version());
        }
    }

    boolean holds(ModelVersion version) {
        return version.equals(present.get(version.version()));
    }

    /// Whether it lies in the repository and the policy has let it in.
    boolean admits(ModelVersion version) {
        return holds(version) && letIn.contains(version.version());
    }

    boolean isEmpty() {
        return present.isEmpty();
    }

    /// Brings the roll into line with the policy.
    Change review(VersionPolicy policy) {
        Set<String> admitted = policy.letIn(present.keySet());
        List<ModelVersion> in = present.values().stream()
                .filter(version -> admitted.contains(version.version()) && letIn.add(version.version())).toList();
        List<ModelVersion> out = present.values().stream()
                .filter(version -> !admitted.contains(version.version()) && leftOut.add(version.version())).toList();
        leftOut.removeAll(admitted);
        letIn.retainAll(admitted);
        return new Change(in, out);
    }
}
