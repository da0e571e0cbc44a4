package dev.understudy.cli;

/// What the process tells its parent. Stable: scripts depend on these numbers.
public final class ExitCode {
    public static final int OK = 0;
    /// Something failed that none of the others names; for the demo, that it did not show what it promises.
    public static final int FAILED = 1;
    /// Wrong options or an unusable configuration file.
    public static final int USAGE = 2;
    /// The management API did not answer, or refused.
    public static final int UNREACHABLE = 3;
    /// The repository is missing or holds no model.
    public static final int REPOSITORY = 4;
    /// The state folder is in use or cannot be used.
    public static final int STATE = 5;
    /// A port is in use or may not be bound.
    public static final int PORT = 6;
    /// The device was lost for good; started again, the server may find it well.
    public static final int DEVICE_LOST = 7;
    /// The device that was asked for cannot be had.
    public static final int DEVICE = 8;

    private ExitCode() {}
}
