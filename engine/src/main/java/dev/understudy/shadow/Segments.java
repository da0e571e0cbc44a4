package dev.understudy.shadow;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The segments of one model that are told apart. Thread-safe.
///
/// Clients choose the text of a segment, and every segment costs the journal a row a minute for as long as an evaluation
/// lives, so only the first [#KEPT_MAX] keep their names; all later ones, and those too long for a name, share [#OTHER].
public final class Segments {
    /// Where segments beyond the limits are counted together.
    public static final String OTHER = "other";

    static final int KEPT_MAX = 64;
    static final int LENGTH_MAX = 64;

    private final Set<String> kept = new HashSet<>();

    /// Keeps the names of segments that an earlier run of the server recorded, so that a restart does not give their places
    /// to others.
    public synchronized void seed(Collection<String> recorded) {
        recorded.forEach(this::of);
    }

    /// What of a client's text tells segments apart: all of it, or that it is too long for a name.
    static @Nullable String bounded(@Nullable String segment) {
        return segment == null || segment.length() <= LENGTH_MAX ? segment : OTHER;
    }

    /// The name under which a request of this segment is recorded; null for none.
    ///
    /// @param segment what the client said, if anything; empty is nothing
    public synchronized @Nullable String of(@Nullable String segment) {
        if (segment == null || segment.isEmpty()) {
            return null;
        }
        if (kept.contains(segment)) {
            return segment;
        }
        if (segment.length() > LENGTH_MAX || segment.equals(OTHER) || kept.size() >= KEPT_MAX) {
            return OTHER;
        }
        kept.add(segment);
        return segment;
    }
}
