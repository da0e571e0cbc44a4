package dev.understudy.server.management;

import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ModelStatus.Challenger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Which challenger a name means: `2`, or `2@1f0c22ab` with at least eight digits of the SHA-256.
sealed interface ChallengerLookup {
    int SHORT_SHA_DIGITS = 8;

    record Found(Challenger challenger) implements ChallengerLookup {}

    record Unknown() implements ChallengerLookup {}

    /// Several versions bear the name.
    ///
    /// @param candidates their full names
    record Ambiguous(List<String> candidates) implements ChallengerLookup {
        public Ambiguous {
            candidates = List.copyOf(candidates);
        }
    }

    /// A name without a SHA-256 is ambiguous even when one of several bears it unqualified: the caller may have meant the
    /// bytes that had it before.
    static ChallengerLookup find(ModelStatus model, String name) {
        int at = name.lastIndexOf('@');
        String base = at < 0 ? name : name.substring(0, at);
        String digits = at < 0 ? "" : name.substring(at + 1).toLowerCase(Locale.ROOT);
        if (at >= 0 && digits.length() < SHORT_SHA_DIGITS) {
            return new Unknown();
        }
        List<Challenger> matches = new ArrayList<>();
        for (Challenger challenger : model.challengers()) {
            if (baseName(challenger.version()).equals(base) && challenger.sha256().startsWith(digits)) {
                matches.add(challenger);
            }
        }
        return switch (matches.size()) {
            case 0 -> new Unknown();
            case 1 -> new Found(matches.getFirst());
            default -> new Ambiguous(
                    matches.stream().map(each -> fullName(each.version(), each.sha256())).sorted().toList());
        };
    }

    /// `2@1f0c22ab`, whether `version` is already qualified or not.
    static String fullName(String version, String sha256) {
        return baseName(version) + "@" + shortSha(sha256);
    }

    static String shortSha(String sha256) {
        return sha256.substring(0, Math.min(SHORT_SHA_DIGITS, sha256.length()));
    }

    private static String baseName(String version) {
        int at = version.indexOf('@');
        return at < 0 ? version : version.substring(0, at);
    }
}
