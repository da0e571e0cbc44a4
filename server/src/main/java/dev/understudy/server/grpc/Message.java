package dev.understudy.server.grpc;

import com.google.protobuf.CodedInputStream;
import dev.understudy.server.plane.ByteBudget;
import dev.understudy.server.plane.Inflation;

/// One message of a client, as it came. Its bytes count against the budget until it is released. Not thread-safe; owned by
/// the call's event loop, which lends it to a worker that inflates it.
final class Message implements Inflation.Account<GrpcRefusal>, AutoCloseable {
    private final MessageCoding coding;
    private final long bytesMax;
    private final ByteBudget budget;
    private byte[] bytes;
    private int offset;
    private int length;
    private long held;

    /// A message of `length` bytes of `bytes` from `offset`, which are never written again.
    ///
    /// @param coding   how it is compressed
    /// @param bytesMax what it may have when it is not
    /// @param held     what is taken from `budget` for it already
    Message(byte[] bytes, int offset, int length, MessageCoding coding, long bytesMax, ByteBudget budget, long held) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.coding = coding;
        this.bytesMax = bytesMax;
        this.budget = budget;
        this.held = held;
    }

    byte[] bytes() {
        return bytes;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    boolean isCompressed() {
        return coding != MessageCoding.IDENTITY;
    }

    /// Puts what was compressed in the place of the compressed bytes. Once.
    void inflate() throws GrpcRefusal {
        bytes = coding.inflate(bytes, offset, length, this);
        offset = 0;
        length = bytes.length;
    }

    @Override
    public void hold(int more, long known) throws GrpcRefusal {
        if (known + more > bytesMax) {
            throw tooLarge("inflates to", bytesMax);
        }
        hold(more);
    }

    /// Counts more bytes that are kept for this message.
    void hold(long more) throws GrpcRefusal {
        if (!budget.take(more)) {
            throw full();
        }
        held += more;
    }

    static GrpcRefusal tooLarge(String what, long bytesMax) {
        return new GrpcRefusal(Status.RESOURCE_EXHAUSTED, "the message " + what + " more than " + bytesMax + " bytes");
    }

    static GrpcRefusal full() {
        return new GrpcRefusal(Status.UNAVAILABLE, "the server holds as many request bytes as it may: try again");
    }

    /// The message's protobuf, inflated. For small messages only: it is done on the calling thread.
    CodedInputStream open() throws GrpcRefusal {
        if (isCompressed()) {
            inflate();
        }
        return CodedInputStream.newInstance(bytes, offset, length);
    }

    /// The bytes are no longer held for this message. Again does nothing.
    void release() {
        budget.give(held);
        held = 0;
    }

    @Override
    public void close() {
        release();
    }
}
