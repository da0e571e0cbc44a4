package dev.understudy.server.grpc;

import dev.understudy.server.plane.ByteBudget;
import io.netty.buffer.ByteBuf;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuts what a client sends in one call into messages, within their bounds. Not thread-safe; owned by the call's event
/// loop.
///
/// A message that came in one piece is handed on where the network library left it; pieces are joined, which is one copy.
/// What is held counts against the [ByteBudget] as it arrives, not as the client announces it. A reader that waits holds
/// back the rest of a piece and HTTP/2's window besides, which do not count.
final class MessageReader {
    /// A flag for compression, then the length in four bytes, big-endian.
    static final int HEAD_BYTES = 5;
    /// What a piece costs besides its bytes, so that a client cannot fill the heap with pieces of one byte.
    private static final int PIECE_OVERHEAD_BYTES = 256;

    private final HttpServerRequest request;
    private final ByteBudget budget;
    private final MessageCoding coding;
    private final long bytesMax;
    private final Receiver receiver;
    private long head;
    private int headBytes;
    private int length;
    private int bytes;
    private long held;
    private final List<ByteBuf> pieces = new ArrayList<>(2);
    /// What came and was not looked at when reading paused.
    private @Nullable ByteBuf rest;
    private boolean reading;
    private boolean paused;
    private boolean stopped;

    /// Hears what comes, on the event loop: messages, and then either `ended` or `refused`, unless the reader is stopped.
    interface Receiver {
        /// One message; the receiver releases it. It may pause the reader.
        void message(Message message);

        /// The budget has no room for what came. True when the receiver will resume the reader; else the call is refused.
        default boolean waitsForRoom() {
            return false;
        }

        /// The client has nothing more to say.
        void ended();

        /// What came is no message, or more than may come; nothing else is read.
        void refused(GrpcRefusal refusal);
    }

    /// A reader of a request's messages, each of at most `bytesMax` bytes.
    MessageReader(HttpServerRequest request, ByteBudget budget, MessageCoding coding, long bytesMax,
            Receiver receiver) {
        this.request = request;
        this.budget = budget;
        this.coding = coding;
        this.bytesMax = bytesMax;
        this.receiver = receiver;
    }

    /// Hands on no more messages until [#resume], and holds the client back.
    void pause() {
        if (!paused && !stopped) {
            paused = true;
            request.pause();
        }
    }

    /// Goes on where [#pause] broke off, or where there was no room.
    void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        ByteBuf waiting = rest;
        if (waiting != null && !reading) {
            rest = null;
            read(waiting);
        }
        if (!paused) {
            flow();
        }
    }

    /// From now on everything is thrown away as it comes.
    void stop() {
        stopped = true;
        rest = null;
        release();
        if (paused) {
            paused = false;
            flow();
        }
    }

    private void flow() {
        if (!request.isEnded()) {
            request.resume();
        }
    }

    /// Takes what came, which is never written again.
    void read(ByteBuf in) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        reading = true;
        try {
            while (at < end && !stopped && !paused) {
                if (headBytes < HEAD_BYTES) {
                    head = head << Byte.SIZE | in.getUnsignedByte(at++);
                    headBytes++;
                    if (headBytes == HEAD_BYTES) {
                        begin();
                    }
                } else {
                    int count = Math.min(end - at, length - bytes);
                    if (take(in.slice(at, count))) {
                        at += count;
                    }
                }
                if (headBytes == HEAD_BYTES && bytes == length) {
                    receiver.message(message());
                }
            }
        } catch (GrpcRefusal refusal) {
            stop();
            receiver.refused(refusal);
        }
        reading = false;
        rest = at < end && paused ? in.slice(at, end - at) : null;
    }

    private void begin() throws GrpcRefusal {
        long announced = head & 0xFFFF_FFFFL;
        if (announced > bytesMax) {
            throw new GrpcRefusal(Status.RESOURCE_EXHAUSTED,
                    "the message has " + announced + " bytes, more than the " + bytesMax + " it may have");
        }
        long flag = head >>> Integer.SIZE;
        if (flag > 1) {
            throw new GrpcRefusal(Status.INVALID_ARGUMENT,
                    "a message begins with " + flag + " where its compression flag, 0 or 1, should stand");
        }
        if (flag == 1 && coding == MessageCoding.IDENTITY) {
            throw new GrpcRefusal(Status.INVALID_ARGUMENT,
                    "a message is marked as compressed, but the call has no grpc-encoding");
        }
        length = (int) announced;
    }

    /// Keeps a piece of the message; false when it waits for room.
    private boolean take(ByteBuf piece) throws GrpcRefusal {
        int count = piece.readableBytes();
        if (!budget.take(count + PIECE_OVERHEAD_BYTES)) {
            if (!receiver.waitsForRoom()) {
                throw Message.full();
            }
            pause();
            return false;
        }
        held += count + PIECE_OVERHEAD_BYTES;
        bytes += count;
        pieces.add(piece);
        return true;
    }

    private Message message() {
        MessageCoding used = head >>> Integer.SIZE == 1 ? coding : MessageCoding.IDENTITY;
        ByteBuf first = pieces.size() == 1 ? pieces.getFirst() : null;
        Message message;
        if (first != null && first.hasArray()) {
            message = new Message(first.array(), first.arrayOffset() + first.readerIndex(), length, used, bytesMax,
                    budget, held);
        } else {
            message = new Message(join(), 0, length, used, bytesMax, budget, held);
        }
        held = 0;
        head = 0;
        headBytes = 0;
        bytes = 0;
        pieces.clear();
        return message;
    }

    private byte[] join() {
        byte[] whole = new byte[length];
        int at = 0;
        for (ByteBuf piece : pieces) {
            int count = piece.readableBytes();
            piece.getBytes(piece.readerIndex(), whole, at, count);
            at += count;
        }
        return whole;
    }

    /// Nothing more comes.
    void end() {
        if (stopped) {
            return;
        }
        if (headBytes > 0) {
            stop();
            receiver.refused(new GrpcRefusal(Status.INVALID_ARGUMENT, "the call ended inside a message"));
        } else {
            receiver.ended();
        }
    }

    private void release() {
        budget.give(held);
        held = 0;
        pieces.clear();
    }
}
