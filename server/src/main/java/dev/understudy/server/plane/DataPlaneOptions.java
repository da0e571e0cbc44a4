package dev.understudy.server.plane;

import java.time.Duration;

/// How a data plane listens. Immutable.
///
/// @param host            the address to bind
/// @param port            the TCP port, or 0 for any free one
/// @param eventLoops      threads that share the port's connections, at least 1
/// @param requestBytesMax one request's body, inflated; larger is refused with 413; at most [#REQUEST_BYTES_MAX]
/// @param bodyBytesMax    bytes held at once over all connections, of requests from arrival until they are
///                        answered, of answers until they are written to the connection; past it 503
/// @param idleMax         a connection on which no byte moved for so long is closed, so it also bounds how long an
///                        answer may take
/// @param drainMax        how long a closing data plane waits for the answers under way
public record DataPlaneOptions(String host, int port, int eventLoops, long requestBytesMax, long bodyBytesMax,
        Duration idleMax, Duration drainMax) {
    /// The greatest request a Java array can hold, with room for its bookkeeping.
    public static final long REQUEST_BYTES_MAX = Integer.MAX_VALUE - 64;
    /// Streams that clients may cancel on one connection in a minute before it is closed as an attack. The library's 400 is
    /// less than deadlines of one busy client come to, and a connection that is closed takes all its calls with it; what a
    /// cancelled request costs is bounded by admission.
    public static final int RESETS_A_MINUTE_MAX = 200_000;
    private static final Duration IDLE_MAX = Duration.ofMinutes(2);
    private static final int EVENT_LOOPS_MAX = 4;

    public DataPlaneOptions {
        if (eventLoops < 1 || requestBytesMax < 1 || requestBytesMax > REQUEST_BYTES_MAX
                || bodyBytesMax < requestBytesMax) {
            throw new IllegalArgumentException("eventLoops=" + eventLoops + " requestBytesMax=" + requestBytesMax
                    + " bodyBytesMax=" + bodyBytesMax);
        }
    }

    /// The defaults: half the cores as event loops, four at most, since one serves far more requests than a model does;
    /// a quarter of the heap for bodies.
    public static DataPlaneOptions of(String host, int port, long requestBytesMax, Duration drainMax) {
        int loops = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, EVENT_LOOPS_MAX);
        long bodyBytesMax = Math.max(requestBytesMax, Runtime.getRuntime().maxMemory() / 4);
        return new DataPlaneOptions(host, port, loops, requestBytesMax, bodyBytesMax, IDLE_MAX, drainMax);
    }

    /// The same on another port.
    public DataPlaneOptions withPort(int other) {
        return new DataPlaneOptions(host, other, eventLoops, requestBytesMax, bodyBytesMax, idleMax, drainMax);
    }
}
