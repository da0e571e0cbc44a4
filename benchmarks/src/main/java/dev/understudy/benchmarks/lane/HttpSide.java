package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.ServerProcess;
import java.io.IOException;
import java.util.List;

/// Servers in processes of their own that answer on one port. Owns its connections, not the processes. Loaded by one
/// thread at a time.
final class HttpSide implements Side {
    private static final int CONNECTIONS = 64;

    private final String name;
    private final String baseline;
    private final Subject subject;
    private final HttpRequest request;
    private final int port;
    private final List<ServerProcess> processes;
    private final Counter counter;
    private final HttpConnections connections;

    /// Keeps account of what was served.
    interface Counter {
        /// What became of mirrored requests so far.
        Shadowed shadowed() throws IOException;

        /// Device time had so far.
        default DeviceSeconds deviceSeconds() throws IOException {
            return DeviceSeconds.UNKNOWN;
        }
    }

    /// @param port      where requests go
    /// @param processes all that works for them, whose processor time counts
    HttpSide(String name, String baseline, Subject subject, int port, List<ServerProcess> processes, Counter counter)
            throws IOException {
        this.name = name;
        this.baseline = baseline;
        this.subject = subject;
        this.request = HttpRequest.to(subject);
        this.port = port;
        this.processes = List.copyOf(processes);
        this.counter = counter;
        check();
        this.connections = new HttpConnections(port, CONNECTIONS, request.bytes());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String baseline() {
        return baseline;
    }

    @Override
    public void send(long dueNanos, Answers answers) throws IOException {
        connections.send(dueNanos, answers);
    }

    @Override
    public void check() throws IOException {
        if (!subject.isAnsweredBy(request.ask(port))) {
            throw new IOException(name + " answers wrongly");
        }
    }

    @Override
    public double cpuSeconds() {
        return processes.stream().mapToDouble(process -> process.cpu().toNanos() / 1e9).sum();
    }

    @Override
    public boolean inProcess() {
        return false;
    }

    @Override
    public Shadowed shadowed() throws IOException {
        return counter.shadowed();
    }

    @Override
    public DeviceSeconds deviceSeconds() throws IOException {
        return counter.deviceSeconds();
    }

    @Override
    public long residentBytes() throws IOException {
        long sum = 0;
        for (ServerProcess process : processes) {
            sum += process.residentBytes();
        }
        return sum;
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
