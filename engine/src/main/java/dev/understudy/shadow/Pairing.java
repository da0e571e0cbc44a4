package dev.understudy.shadow;

import dev.understudy.runtime.Signature;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Which output of the challenger answers which output of the champion. Immutable.
public final class Pairing {
    private final Map<String, String> championNames;

    private Pairing(Map<String, String> championNames) {
        this.championNames = championNames;
    }

    /// Whether two models can be compared.
    public sealed interface Attempt {
        record Paired(Pairing pairing) implements Attempt {}

        /// They cannot.
        ///
        /// @param reason what does not fit, both sides named
        record Unpairable(String reason) implements Attempt {}
    }

    /// Pairs by name, or by `mapping` (champion's output name to challenger's) where it says so. The challenger's inputs
    /// must accept everything the champion's required ones accept, and need no other; a request that carries an optional input
    /// of the champion's is compared only where the challenger takes it too. Every output of the champion needs a partner of the same datatype
    /// and a compatible shape; outputs the challenger has beyond that are ignored.
    public static Attempt of(Signature champion, Signature challenger, Map<String, String> mapping) {
        for (TensorSpec input : champion.inputs()) {
            if (input.optional()) {
                continue;
            }
            TensorSpec other = challenger.input(input.name());
            if (other == null) {
                return new Attempt.Unpairable("it does not take the champion's input '" + input.name()
                        + "'; it takes " + names(challenger.inputs()));
            }
            if (other.datatype() != input.datatype() || !covers(other.shape(), input.shape())) {
                return new Attempt.Unpairable("input '" + input.name() + "': the champion takes " + type(input)
                        + ", it takes only " + type(other));
            }
        }
        for (TensorSpec input : challenger.inputs()) {
            TensorSpec other = champion.input(input.name());
            if (!input.optional() && (other == null || other.optional())) {
                return new Attempt.Unpairable("it needs input '" + input.name() + "', which the champion does not "
                        + (other == null ? "take" : "need"));
            }
        }
        return pairOutputs(champion, challenger, mapping);
    }

    private static Attempt pairOutputs(Signature champion, Signature challenger, Map<String, String> mapping) {
        Map<String, String> championNames = new HashMap<>();
        for (TensorSpec output : champion.outputs()) {
            String partner = mapping.getOrDefault(output.name(), output.name());
            TensorSpec other = challenger.output(partner);
            if (other == null) {
                return new Attempt.Unpairable("it has no output '" + partner + "' to compare with the champion's '"
                        + output.name() + "'; it gives " + names(challenger.outputs())
                        + " (output_mapping in model.yaml can pair other names)");
            }
            if (other.datatype() != output.datatype() || !mayMeet(other.shape(), output.shape())) {
                return new Attempt.Unpairable("output '" + output.name() + "': the champion gives " + type(output)
                        + ", it gives " + type(other));
            }
            if (championNames.put(partner, output.name()) != null) {
                return new Attempt.Unpairable("output_mapping pairs its output '" + partner + "' twice");
            }
        }
        return new Attempt.Paired(new Pairing(championNames));
    }

    /// The challenger's outputs under the champion's names; those without a partner are left out. Nothing is copied.
    public List<Tensor> underChampionNames(List<Tensor> outputs) {
        List<Tensor> renamed = new ArrayList<>(outputs.size());
        for (Tensor output : outputs) {
            String name = championNames.get(output.name());
            if (name != null) {
                renamed.add(name.equals(output.name()) ? output : output.renamed(name));
            }
        }
        return renamed;
    }

    /// True when every shape that fits `narrow` fits `wide`.
    private static boolean covers(Shape wide, Shape narrow) {
        if (!wide.hasRank()) {
            return true;
        }
        if (!narrow.hasRank() || wide.rank() != narrow.rank()) {
            return false;
        }
        for (int axis = 0; axis < wide.rank(); axis++) {
            if (wide.dim(axis) != Shape.VARIABLE && wide.dim(axis) != narrow.dim(axis)) {
                return false;
            }
        }
        return true;
    }

    /// True when some shape fits both.
    private static boolean mayMeet(Shape a, Shape b) {
        if (!a.hasRank() || !b.hasRank()) {
            return true;
        }
        if (a.rank() != b.rank()) {
            return false;
        }
        for (int axis = 0; axis < a.rank(); axis++) {
            boolean varies = a.dim(axis) == Shape.VARIABLE || b.dim(axis) == Shape.VARIABLE;
            if (!varies && a.dim(axis) != b.dim(axis)) {
                return false;
            }
        }
        return true;
    }

    private static String type(TensorSpec spec) {
        return spec.datatype() + spec.shape().toString();
    }

    private static String names(List<TensorSpec> specs) {
        return specs.stream().map(spec -> "'" + spec.name() + "'").collect(Collectors.joining(", "));
    }
}
