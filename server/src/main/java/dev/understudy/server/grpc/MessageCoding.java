package dev.understudy.server.grpc;

import dev.understudy.server.plane.Inflation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// How the messages of a call are compressed. Thread-safe.
enum MessageCoding {
    IDENTITY, GZIP, DEFLATE;

    /// The value of `grpc-accept-encoding`.
    static final String ACCEPTED = "identity,deflate,gzip";
    private static final int PIECE_BYTES = 64 * 1024;
    private static final int NAME_CHARS_MAX = 20;

    /// The coding of a `grpc-encoding` header, or of none.
    static MessageCoding of(@Nullable String header) throws GrpcRefusal {
        return switch (header) {
            case null -> IDENTITY;
            case "identity" -> IDENTITY;
            case "gzip" -> GZIP;
            case "deflate" -> DEFLATE;
            default -> throw new GrpcRefusal(Status.UNIMPLEMENTED, "unsupported grpc-encoding '"
                    + header.substring(0, Math.min(NAME_CHARS_MAX, header.length())) + "': expected one of "
                    + ACCEPTED.replace(",", ", "));
        };
    }

    /// The name in headers.
    String token() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether a client that sent `acceptEncoding` understands this coding.
    boolean isAccepted(@Nullable String acceptEncoding) {
        if (acceptEncoding != null) {
            for (String accepted : acceptEncoding.split(",", -1)) {
                if (accepted.strip().equals(token())) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Inflates a message piece by piece, each counted before it is kept.
    byte[] inflate(byte[] bytes, int offset, int length, Inflation.Account<GrpcRefusal> account) throws GrpcRefusal {
        try {
            return switch (this) {
                case GZIP -> Inflation.gzip(bytes, offset, length, account);
                case DEFLATE -> Inflation.zlib(bytes, offset, length, account);
                case IDENTITY -> throw new IllegalStateException("nothing is compressed");
            };
        } catch (DataFormatException e) {
            throw new GrpcRefusal(Status.INVALID_ARGUMENT, "the message is not valid " + token());
        }
    }

    /// Compresses a message that stands behind `reserved` bytes of the first piece, and leaves as many free before it.
    byte[] deflate(List<ByteBuffer> pieces, int reserved) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(PIECE_BYTES);
        bytes.write(new byte[reserved], 0, reserved);
        try (OutputStream out = deflating(bytes)) {
            int skipped = reserved;
            for (ByteBuffer piece : pieces) {
                byte[] plain = new byte[piece.remaining() - skipped];
                piece.get(piece.position() + skipped, plain);
                out.write(plain);
                skipped = 0;
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private OutputStream deflating(OutputStream out) throws IOException {
        return switch (this) {
            case IDENTITY -> out;
            case GZIP -> new GZIPOutputStream(out);
            case DEFLATE -> new DeflaterOutputStream(out);
        };
    }
}
