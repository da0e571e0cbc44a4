package dev.understudy.infer;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/// Makes the server's request ids: unique across restarts and replicas, short enough for a log line. Thread-safe.
public final class RequestIds {
    private final String prefix;
    private final AtomicLong next = new AtomicLong();

    public RequestIds() {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        prefix = HexFormat.of().formatHex(random) + "-";
    }

    /// 16 hex digits that name this run of the server, a hyphen, and a counter in hex.
    public String next() {
        return prefix + Long.toHexString(next.getAndIncrement());
    }
}
