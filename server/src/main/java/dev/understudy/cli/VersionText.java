package dev.understudy.cli;

import dev.understudy.server.plane.BuildVersion;
import picocli.CommandLine.IVersionProvider;

/// The line of `--version`.
public final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[]{"understudy " + BuildVersion.read() + " (Java " + Runtime.version() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ")"};
    }
}
