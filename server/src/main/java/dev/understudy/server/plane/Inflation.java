package dev.understudy.server.plane;

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

    /// Takes what was inflated, piece by piece, before the next is made; what it throws ends the work.
    public interface Sink<E extends Exception> {
        /// Takes a piece.
        ///
        /// @param piece holds `count` bytes, until this returns
        void take(byte[] piece, int count) throws E;
    }

    /// Inflates gzip (RFC 1952): one member, or several whose contents belong together, and nothing behind them.
    ///
    /// @throws DataFormatException when `length` bytes of `bytes` from `offset` are not that
    public static <E extends Exception> void gzip(byte[] bytes, int offset, int length, Sink<E> sink)
            throws DataFormatException, E {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN);
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
                    sink.take(inflated, count);
                });
                requireLeft(in, TRAILER_BYTES);
                if (in.getInt() != (int) crc.getValue() || in.getInt() != (int) inflater.getBytesWritten()) {
                    throw new DataFormatException("a member is not what its check sum and length say");
                }
            } while (in.hasRemaining());
        } finally {
            inflater.end();
        }
    }

    /// Inflates zlib (RFC 1950), which HTTP and gRPC call deflate, and nothing behind it.
    ///
    /// @throws DataFormatException when `length` bytes of `bytes` from `offset` are not that
    public static <E extends Exception> void zlib(byte[] bytes, int offset, int length, Sink<E> sink)
            throws DataFormatException, E {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        Inflater inflater = new Inflater();
        try {
            inflate(inflater, in, new byte[PIECE_BYTES], sink);
        } finally {
            inflater.end();
        }
        if (in.hasRemaining()) {
            throw new DataFormatException("something stands behind the compressed data");
        }
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
