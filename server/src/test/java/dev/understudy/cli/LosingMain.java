package dev.understudy.cli;

import dev.understudy.runtime.DeviceHealth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The program on a machine whose device is lost for as long as the file `lose` lies in the folder that [#PROPERTY] names;
/// noticed, as always, when a run fails.
final class LosingMain {
    /// A system property.
    static final String PROPERTY = "test.device.folder";

    private LosingMain() {}

    public static void main(String[] args) {
        Path lose = Path.of(System.getProperty(PROPERTY), "lose");
        DeviceHealth.ask(
                () -> Files.exists(lose) ? Optional.of("CUDA_ERROR_ILLEGAL_ADDRESS (700)") : Optional.empty());
        Main.main(args);
    }
}
