package dev.understudy.cli;

import picocli.CommandLine.IVersionProvider;

/// The line of `--version`.
public final class VersionText implements IVersionProvider {
    /// The version of the archive this runs from; `development` outside one.
    static String number() {
        String version = VersionText.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[]{"understudy " + number() + " (Java " + Runtime.version() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ")"};
    }
}
