package dev.understudy.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a server keeps its state.
public final class StateFolder {
    private static final int NAME_BYTES = 8;

    private StateFolder() {}

    /// The user's state folder for a repository, named by the repository's real path.
    static Path defaultFor(Path repository) throws CommandFailure {
        return defaultFor(repository, System.getenv(), System.getProperty("user.home"));
    }

    /// @param home of the user in the system's list, which is not always the one the process was given
    static Path defaultFor(Path repository, Map<String, String> environment, @Nullable String home)
            throws CommandFailure {
        String given = environment.getOrDefault("XDG_STATE_HOME", "");
        String own = environment.getOrDefault("HOME", "");
        Path base;
        if (given.startsWith("/")) {
            base = Path.of(given);
        } else if (own.startsWith("/")) {
            base = Path.of(own, ".local", "state");
        } else if (home != null && home.startsWith("/")) {
            base = Path.of(home, ".local", "state");
        } else {
            throw new CommandFailure(ExitCode.USAGE, "there is no home folder to keep state in; give --state DIR");
        }
        return base.resolve("understudy").resolve(name(repository));
    }

    /// `state` made absolute and real as far as it exists.
    ///
    /// @throws CommandFailure when it overlaps the repository: the watcher would see the server's own files as models
    static Path outside(Path repository, Path state) throws CommandFailure {
        try {
            Path real = real(state.toAbsolutePath().normalize());
            if (real.startsWith(repository) || repository.startsWith(real)) {
                throw new CommandFailure(ExitCode.STATE, "the state folder " + state
                        + " must lie apart from the repository; give another with --state DIR");
            }
            return real;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.STATE, "the state folder " + state + " cannot be used");
        }
    }

    /// Removes a file or a folder with all that is in it; links are removed, not followed.
    public static void remove(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var tree = Files.walk(path)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    private static Path real(Path path) throws IOException {
        Path parent = path.getParent();
        return Files.exists(path) || parent == null ? path.toRealPath() : real(parent).resolve(path.getFileName());
    }

    private static String name(Path repository) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(repository.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
