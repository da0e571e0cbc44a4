package dev.understudy.server.management;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/// The secret a caller shows as `Authorization: Bearer ...`. Immutable; keeps only a digest, so that neither a log line
/// nor a heap walk shows the secret.
public final class Token {
    private static final String SCHEME = "Bearer ";
    private static final int BYTES_MAX = 4096;

    private final byte[] digest;

    private Token(byte[] digest) {
        this.digest = digest;
    }

    /// The token in `file`, white space around it left out.
    ///
    /// @throws IllegalArgumentException when the file holds no usable token; the message continues "the token file ..."
    static Token read(Path file) throws IOException {
        return of(secret(file));
    }

    /// The secret in `file`, for a caller that has to show it; white space around it left out.
    ///
    /// @throws IllegalArgumentException when the file holds no usable token; the message continues "the token file ..."
    public static String secret(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        }
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException("is larger than " + BYTES_MAX + " bytes");
        }
        return checked(new String(bytes, StandardCharsets.ISO_8859_1).strip());
    }

    /// @throws IllegalArgumentException when `secret` is empty or cannot stand in a header
    static Token of(String secret) {
        return new Token(digest(checked(secret)));
    }

    private static String checked(String secret) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("is empty");
        }
        if (!secret.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException("must hold one word of printable ASCII");
        }
        return secret;
    }

    /// True when `authorization`, a header's value, shows this token. Takes the same time wherever a wrong one differs.
    boolean matches(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        return MessageDigest.isEqual(digest, digest(authorization.substring(SCHEME.length()).strip()));
    }

    private static byte[] digest(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.ISO_8859_1));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
