package dev.understudy.server.grpc;

import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.List;

/// Puts gRPC's head before messages. Stateless, thread-safe.
final class Frames {
    private Frames() {}

    /// A message in pieces, the first of which has room for the head at its beginning. Nothing is copied unless it is
    /// compressed.
    static ByteBuf of(List<ByteBuffer> pieces, MessageCoding coding) {
        if (coding != MessageCoding.IDENTITY) {
            return compressed(pieces, coding);
        }
        if (pieces.size() == 1) {
            return withHead(Unpooled.wrappedBuffer(pieces.getFirst()), 0);
        }
        CompositeByteBuf whole = new CompositeByteBuf(UnpooledByteBufAllocator.DEFAULT, false, pieces.size());
        for (ByteBuffer piece : pieces) {
            whole.addComponent(true, Unpooled.wrappedBuffer(piece));
        }
        return withHead(whole, 0);
    }

    /// A message that was built.
    static ByteBuf of(MessageLite message, MessageCoding coding) {
        byte[] bytes = new byte[MessageReader.HEAD_BYTES + message.getSerializedSize()];
        ByteBuffer piece = ByteBuffer.wrap(bytes);
        piece.put(MessageReader.HEAD_BYTES, message.toByteArray());
        return of(List.of(piece), coding);
    }

    private static ByteBuf compressed(List<ByteBuffer> pieces, MessageCoding coding) {
        return withHead(Unpooled.wrappedBuffer(coding.deflate(pieces, MessageReader.HEAD_BYTES)), 1);
    }

    private static ByteBuf withHead(ByteBuf frame, int flag) {
        frame.setByte(0, flag);
        frame.setInt(1, frame.readableBytes() - MessageReader.HEAD_BYTES);
        return frame;
    }
}
