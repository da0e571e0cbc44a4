package dev.understudy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The secret that a caller of the management API shows, kept in a file so that it shows in no process list.
final class TokenFile {
    private TokenFile() {}

    /// The file's text without surrounding white space.
    static String read(Path file) throws CommandFailure {
        String token;
        try {
            token = Files.readString(file).strip();
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the token file " + file + " cannot be read");
        }
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw new CommandFailure(ExitCode.USAGE,
                    "the token file " + file + " must hold one word of printable ASCII characters");
        }
        return token;
    }
}
