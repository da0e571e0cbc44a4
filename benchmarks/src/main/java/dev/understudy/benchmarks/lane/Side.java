package dev.understudy.benchmarks.lane;

import java.io.IOException;

/// One way of serving a [Subject] that takes its turn under load; what it is sent is the subject's request. Loaded by one
/// thread at a time.
public interface Side extends Sender, AutoCloseable {
    /// As the tables call it.
    String name();

    /// The name of the side that serves the same way and does not shadow; its own when it does not.
    String baseline();

    /// Sends one request and checks its answer.
    ///
    /// @throws IOException when it is refused or wrong
    void check() throws IOException;

    /// Processor time used so far by the processes that serve and shadow.
    double cpuSeconds();

    /// Whether the load is sent from within those processes, and so counted with them.
    boolean inProcess();

    /// What became of mirrored requests so far.
    Shadowed shadowed() throws IOException;

    /// Device time had so far.
    default DeviceSeconds deviceSeconds() throws IOException {
        return DeviceSeconds.UNKNOWN;
    }

    /// Memory it has in use, in bytes.
    long residentBytes() throws IOException;

    @Override
    void close() throws IOException;
}
