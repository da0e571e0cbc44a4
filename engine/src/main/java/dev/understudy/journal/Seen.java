package dev.understudy.journal;

import dev.understudy.verdict.Observation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one request, or one extra look at it, gives to the evidence. Immutable.
///
/// @param answers what was answered, to be held until a label comes; null where no label can
public record Seen(List<Observation> observations, @Nullable Answers answers) {
    static final Seen NOTHING = new Seen(List.of(), null);

    public Seen {
        observations = List.copyOf(observations);
    }
}
