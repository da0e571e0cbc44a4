package dev.understudy.server.http;

import dev.understudy.server.plane.Inflation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// A `Content-Encoding`, its undoing for requests and its doing for answers. Thread-safe.
enum ContentCoding {
    IDENTITY, GZIP, DEFLATE;

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

    /// The coding for an answer to a client with this `Accept-Encoding`: of those known the one it likes best, of equal
    /// ones gzip before deflate before identity. What a client rules out altogether is not sent, except identity, which
    /// is better than no answer.
    static ContentCoding preferred(@Nullable String accepted) {
        if (accepted == null || accepted.isEmpty()) {
            return IDENTITY;
        }
        double gzip = quality(accepted, "gzip");
        double deflate = quality(accepted, "deflate");
        double best = Math.max(gzip, deflate);
        if (best <= 0 || quality(accepted, "identity") > best) {
            return IDENTITY;
        }
        return gzip == best ? GZIP : DEFLATE;
    }

    /// The `q` that a list gives to a coding, by name or by `*`.
    private static double quality(String accepted, String coding) {
        double quality = 0;
        for (String entry : accepted.split(",", -1)) {
            String[] parts = entry.strip().split("\\s*;\\s*", 2);
            if (parts[0].equalsIgnoreCase(coding)) {
                return weight(parts);
            }
            if (parts[0].equals("*")) {
                quality = weight(parts);
            }
        }
        return quality;
    }

    private static double weight(String[] parts) {
        if (parts.length == 1) {
            return 1;
        }
        try {
            return parts[1].startsWith("q=") ? Double.parseDouble(parts[1].substring(2)) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /// The name this coding has in a header.
    String token() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Compresses a body, as fast as it goes: tensors shrink little, whatever time is spent on them.
    ByteBuf encode(ByteBuf plain) {
        if (this == IDENTITY) {
            return plain;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(64, plain.readableBytes() / 2));
        try (OutputStream stream = deflating(out)) {
            plain.readBytes(stream, plain.readableBytes());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Unpooled.wrappedBuffer(out.toByteArray());
    }

    private OutputStream deflating(OutputStream out) throws IOException {
        return switch (this) {
            case IDENTITY -> out;
            case GZIP -> new GZIPOutputStream(out) {
                {
                    def.setLevel(Deflater.BEST_SPEED);
                }
            };
            case DEFLATE -> new DeflaterOutputStream(out) {
                {
                    def.setLevel(Deflater.BEST_SPEED);
                }
            };
        };
    }

    /// Inflates a body piece by piece, each counted against the body's bounds before it is kept.
    byte[] decode(byte[] bytes, int offset, int length, RequestBody body) throws HttpRefusal {
        try {
            return switch (this) {
                case GZIP -> Inflation.gzip(bytes, offset, length, body::hold);
                case DEFLATE -> Inflation.zlib(bytes, offset, length, body::hold);
                case IDENTITY -> throw new IllegalStateException("nothing is compressed");
            };
        } catch (DataFormatException e) {
            throw new HttpRefusal(400, "the request body is not valid " + token());
        }
    }
}
