package dev.understudy.engine;

import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.OutputNoise;
import dev.understudy.diff.Tolerance;
import dev.understudy.verdict.RuleText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A champion's noise floor at one instant, and what is made of it. Immutable.
///
/// @param automatic outputs declared with `tolerance: auto`. The default tolerance is in force for them until the floor is
///                  calibrated, and then what it offers, where it offers any
/// @param calibrated the floor is complete, and on disk
public record NoiseStatus(NoiseFloor floor, Set<String> automatic, boolean calibrated) {
    /// Nothing was measured.
    public static final NoiseStatus NONE = new NoiseStatus(NoiseFloor.NONE, Set.of(), false);
    /// As many outputs as a sentence can bear.
    private static final int SAID_MAX = 8;

    public NoiseStatus {
        automatic = Set.copyOf(automatic);
    }

    /// How far it is: `calibrating, 120 of 500`.
    public String label() {
        return calibrated ? "calibrated" : "calibrating, " + floor.pairs() + " of " + NoiseFloor.PAIRS_MAX;
    }

    /// What to write under `comparators` in `model.yaml` for an output, on one line; empty before it is calibrated, and where
    /// no tolerance covers the noise.
    public Optional<String> offer(OutputNoise noise) {
        return calibrated ? noise.offer().map(rule -> RuleText.line(noise.output(), rule)) : Optional.empty();
    }

    /// What a person should know of it.
    public String sentence() {
        if (!calibrated) {
            return "Noise floor: " + label() + " second runs of the champion"
                    + (automatic.isEmpty() ? "." : "; until then tolerance: auto is the default tolerance.");
        }
        List<String> said = new ArrayList<>();
        for (OutputNoise noise : floor.outputs()) {
            boolean auto = automatic.contains(noise.output());
            Tolerance derived = floor.tolerances().get(noise.output());
            if (noise.offer().isEmpty()) {
                said.add(RuleText.quoted(noise.output()) + " differs from itself by what no tolerance covers"
                        + (auto ? ", so tolerance: auto stays the default" : ""));
            } else if (derived != null && auto) {
                said.add("tolerance: auto of " + RuleText.quoted(noise.output()) + " is atol " + derived.atol()
                        + ", rtol "
                        + derived.rtol());
            } else if (derived != null) {
                said.add(offer(noise).orElseThrow() + " would cover it");
            }
        }
        String rest = said.size() > SAID_MAX ? "; and " + (said.size() - SAID_MAX) + " more" : "";
        return "Noise floor of the champion's first " + floor.pairs() + " second runs: "
                + (said.isEmpty()
                        ? "the default tolerances cover it."
                        : String.join("; ", said.subList(0, Math.min(said.size(), SAID_MAX))) + rest + ".");
    }
}
