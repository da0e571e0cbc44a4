package dev.understudy.server.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/// A request's `Content-Encoding`, and its undoing. Thread-safe.
enum ContentCoding {
    IDENTITY, GZIP, DEFLATE;

    private static final int PIECE_BYTES = 64 * 1024;

    static ContentCoding of(@Nullable String header) throws HttpRefusal {
        if (header == null) {
            return IDENTITY;
        }
        return switch (header.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "deflate" -> DEFLATE;
            default -> throw new HttpRefusal(415, "unsupported Content-Encoding: expected gzip, deflate or identity");
        };
    }

    /// Inflates a body piece by piece, each counted against the body's bounds before it is kept.
    byte[] decode(byte[] bytes, int offset, int length, RequestBody body) throws HttpRefusal {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(PIECE_BYTES, length));
        try (InputStream in = inflating(new ByteArrayInputStream(bytes, offset, length))) {
            byte[] piece = new byte[PIECE_BYTES];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                body.hold(count, out.size());
                out.write(piece, 0, count);
            }
        } catch (IOException e) {
            throw new HttpRefusal(400, "the request body is not valid " + name().toLowerCase(Locale.ROOT));
        }
        return out.toByteArray();
    }

    private InputStream inflating(InputStream in) throws IOException {
        return switch (this) {
            case IDENTITY -> in;
            case GZIP -> new GZIPInputStream(in);
            case DEFLATE -> new InflaterInputStream(in);
        };
    }
}
