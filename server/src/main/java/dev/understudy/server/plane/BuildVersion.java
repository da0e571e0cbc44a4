package dev.understudy.server.plane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// The version this program was built as. Thread-safe.
public final class BuildVersion {
    private BuildVersion() {}

    /// The version as Maven has it, `0.1.0` for example.
    public static String read() {
        try (InputStream in = BuildVersion.class.getResourceAsStream("build.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
