package dev.understudy.roles;

import java.util.regex.Pattern;

/// Who is champion of a model.
///
/// @param sha256  the version's identity, 64 lower-case hex digits
/// @param version the name it had when it got the part; only the SHA-256 identifies it
public record Champion(String sha256, String version) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9._@-]+");

    /// @throws IllegalArgumentException when one of them is not well-formed
    public Champion {
        if (!SHA256.matcher(sha256).matches() || !VERSION.matcher(version).matches()) {
            throw new IllegalArgumentException("not a champion: sha256=" + sha256 + " version=" + version);
        }
    }
}
