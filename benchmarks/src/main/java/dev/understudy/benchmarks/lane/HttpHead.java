package dev.understudy.benchmarks.lane;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The head of an HTTP/1.1 answer of known length. Immutable.
///
/// @param bytes     of the head, the empty line included
/// @param bodyBytes that follow
/// @param jsonBytes how many of those are JSON, where the protocol's header says so, else all
record HttpHead(int status, int bytes, int bodyBytes, int jsonBytes) {
    private static final String LENGTH = "content-length:";
    private static final String JSON_LENGTH = "inference-header-content-length:";

    /// Reads the head from the start of what `in` holds before its position; null when it is not whole yet.
    ///
    /// @throws IOException when it does not say how long the body is
    static @Nullable HttpHead of(ByteBuffer in) throws IOException {
        int end = end(in);
        if (end < 0) {
            return null;
        }
        byte[] head = new byte[end];
        in.get(0, head);
        String text = new String(head, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
        int status = Integer.parseInt(text.substring("http/1.1 ".length(), "http/1.1 ".length() + 3));
        int bodyBytes = header(text, LENGTH);
        if (bodyBytes < 0) {
            throw new IOException("an answer without a length: " + text.strip());
        }
        int jsonBytes = header(text, JSON_LENGTH);
        return new HttpHead(status, end, bodyBytes, jsonBytes < 0 ? bodyBytes : jsonBytes);
    }

    private static int end(ByteBuffer in) {
        for (int at = 3; at < in.position(); at++) {
            if (in.get(at) == '\n' && in.get(at - 1) == '\r' && in.get(at - 2) == '\n') {
                return at + 1;
            }
        }
        return -1;
    }

    private static int header(String head, String name) {
        int at = head.indexOf("\r\n" + name);
        if (at < 0) {
            return -1;
        }
        int value = at + 2 + name.length();
        return Integer.parseInt(head.substring(value, head.indexOf("\r\n", value)).strip());
    }
}
