package dev.understudy.server.plane;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Undoes what clients compress, to the last byte: Java's own streams pass over whatever stands behind the compressed data.
/// Stateless, thread-safe.
public final class Inflation {
    private static final int PIECE_BYTES = 64 * 1024;
    private static final int HEADER_BYTES_MIN = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int MAGIC = 0x8b1f;
    private static final int DEFLATED = 8;
    private static final int HEADER_CHECKED = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xE0;

    private Inflation() {}

    /// Is asked about every piece before it is kept; what it throws ends the work.
    public interface Account<E extends Exception> {
        /// Counts `more` bytes, after `known` that were counted before.
        void hold(int more, long known) throws E;
    }

    private interface Sink<E extends Exception> {
        void take(byte[] piece, int count) throws E;
    }

    /// Inflates gzip (RFC 1952): one member, or several whose contents belong together, and nothing behind them.
    ///
    /// @throws DataFormatException when `length` bytes of `bytes` from `offset` are not that
    public static <E extends Exception> byte[] gzip(byte[] bytes, int offset, int length, Account<E> account)
            throws DataFormatException, E {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream out = outFor(length);
        Sink<E> counted = counted(account, out);
        byte[] piece = new byte[PIECE_BYTES];
        CRC32 crc = new CRC32();
        Inflater inflater = new Inflater(true);
        try {
            do {
                skipHeader(in);
                crc.reset();
                inflater.reset();
                inflate(inflater, in, piece, (inflated, count) -> {
                    crc.update(inflated, 0, count);
                    counted.take(inflated, count);
                });
                requireLeft(in, TRAILER_BYTES);
                if (in.getInt() != (int) crc.getValue() || in.getInt() != (int) inflater.getBytesWritten()) {
                    throw new DataFormatException("a member is not what its check sum and length say");
                }
            } while (in.hasRemaining());
        } finally {
            inflater.end();
        }
        return out.toByteArray();
    }

    /// Inflates zlib (RFC 1950), which HTTP and gRPC call deflate, and nothing behind it.
    ///
    /// @throws DataFormatException when `length` bytes of `bytes` from `offset` are not that
    public static <E extends Exception> byte[] zlib(byte[] bytes, int offset, int length, Account<E> account)
            throws DataFormatException, E {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        ByteArrayOutputStream out = outFor(length);
        Inflater inflater = new Inflater();
        try {
            inflate(inflater, in, new byte[PIECE_BYTES], counted(account, out));
        } finally {
            inflater.end();
        }
        if (in.hasRemaining()) {
            throw new DataFormatException("something stands behind the compressed data");
        }
        return out.toByteArray();
    }

    private static ByteArrayOutputStream outFor(int length) {
        return new ByteArrayOutputStream(Math.max(PIECE_BYTES, length));
    }

    private static <E extends Exception> Sink<E> counted(Account<E> account, ByteArrayOutputStream out) {
        return (piece, count) -> {
            account.hold(count, out.size());
            out.write(piece, 0, count);
        };
    }

    private static <E extends Exception> void inflate(Inflater inflater, ByteBuffer in, byte[] piece, Sink<E> sink)
            throws DataFormatException, E {
        inflater.setInput(in);
        while (!inflater.finished()) {
            int count = inflater.inflate(piece);
            if (count > 0) {
                sink.take(piece, count);
            } else if (!inflater.finished()) {
                throw new DataFormatException("the compressed data end too early, or need a dictionary");
            }
        }
    }

    private static void skipHeader(ByteBuffer in) throws DataFormatException {
        int begin = in.position();
        requireLeft(in, HEADER_BYTES_MIN);
        int magic = Short.toUnsignedInt(in.getShort());
        int method = in.get();
        int flags = in.get();
        if (magic != MAGIC || method != DEFLATED || (flags & RESERVED) != 0) {
            throw new DataFormatException("no gzip member begins here");
        }
        // The time, hints and the system.
        in.position(begin + HEADER_BYTES_MIN);
        if ((flags & EXTRA) != 0) {
            requireLeft(in, Short.BYTES);
            int extra = Short.toUnsignedInt(in.getShort());
            requireLeft(in, extra);
            in.position(in.position() + extra);
        }
        if ((flags & NAME) != 0) {
            skipText(in);
        }
        if ((flags & COMMENT) != 0) {
            skipText(in);
        }
        if ((flags & HEADER_CHECKED) != 0) {
            CRC32 crc = new CRC32();
            crc.update(in.duplicate().flip().position(begin));
            requireLeft(in, Short.BYTES);
            if (in.getShort() != (short) crc.getValue()) {
                throw new DataFormatException("a member's header is not what its check sum says");
            }
        }
    }

    private static void skipText(ByteBuffer in) throws DataFormatException {
        do {
            requireLeft(in, 1);
        } while (in.get() != 0);
    }

    private static void requireLeft(ByteBuffer in, int bytes) throws DataFormatException {
        if (in.remaining() < bytes) {
            throw new DataFormatException("a member ends too early");
        }
    }
}
