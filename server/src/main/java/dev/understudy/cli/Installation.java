package dev.understudy.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where the program's own files lie.
public final class Installation {
    /// Names the folder that holds `models`; the launcher sets it.
    static final String PROPERTY = "understudy.home";

    private Installation() {}

    /// The folder of the models that ship with the program: `repository` and `challengers`.
    ///
    /// @throws CommandFailure when this program was started without its launcher, outside its source folder
    public static Path models() throws CommandFailure {
        Path models = Path.of(System.getProperty(PROPERTY, "")).resolve("models").toAbsolutePath();
        if (!Files.isDirectory(models.resolve("repository"))) {
            throw new CommandFailure(ExitCode.FAILED,
                    "the models that ship with understudy are not there; start it with its launcher");
        }
        return models;
    }

    /// How a person starts the program from the folder they are in: a source tree or an unpacked archive has a launcher,
    /// elsewhere it is on their path.
    public static String launcher() {
        for (String launcher : List.of("understudy", "bin/understudy")) {
            if (Files.isRegularFile(Path.of(launcher))) {
                return launcher.contains("/") ? launcher : "./" + launcher;
            }
        }
        return "understudy";
    }
}
