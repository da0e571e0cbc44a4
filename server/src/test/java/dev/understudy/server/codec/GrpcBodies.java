package dev.understudy.server.codec;

import com.google.protobuf.ByteString;
import dev.understudy.server.proto.InferTensorContents;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferRequest.InferInputTensor;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Requests in the gRPC form, made by the generated classes and decoded at an offset, so that no test passes only at
/// offset 0.
public final class GrpcBodies {
    private static final int PADDING = 5;

    private GrpcBodies() {}

    static GrpcRequest read(byte[] message) {
        byte[] padded = new byte[PADDING + message.length + PADDING];
        System.arraycopy(message, 0, padded, PADDING, message.length);
        return GrpcRequest.read(padded, PADDING, message.length);
    }

    static Decoding decode(byte[] message) {
        return read(message).decode("rid-1", null, 7);
    }

    static Decoding decode(ModelInferRequest message) {
        return decode(message.toByteArray());
    }

    /// A request whose inputs are raw.
    public static ModelInferRequest raw(String model, List<Tensor> inputs) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(model);
        for (Tensor input : inputs) {
            request.addInputs(head(input)).addRawInputContents(ByteString.copyFrom(Bodies.bytes(input)));
        }
        return request.build();
    }

    /// A request whose inputs have typed contents.
    public static ModelInferRequest typed(String model, List<Tensor> inputs) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(model);
        for (Tensor input : inputs) {
            request.addInputs(head(input).setContents(contents(input)));
        }
        return request.build();
    }

    private static InferInputTensor.Builder head(Tensor input) {
        InferInputTensor.Builder head = InferInputTensor.newBuilder().setName(input.name())
                .setDatatype(input.datatype().name());
        for (long dim : input.shape().toArray()) {
            head.addShape(dim);
        }
        return head;
    }

    static InferTensorContents contents(Tensor input) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        if (input.datatype() == DataType.BYTES) {
            for (byte[] value : input.byteStrings()) {
                contents.addBytesContents(ByteString.copyFrom(value));
            }
            return contents.build();
        }
        ByteBuffer data = ByteBuffer.wrap(Bodies.bytes(input)).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            switch (input.datatype()) {
                case BOOL -> contents.addBoolContents(data.get() != 0);
                case INT8 -> contents.addIntContents(data.get());
                case INT16 -> contents.addIntContents(data.getShort());
                case INT32 -> contents.addIntContents(data.getInt());
                case INT64 -> contents.addInt64Contents(data.getLong());
                case UINT8 -> contents.addUintContents(Byte.toUnsignedInt(data.get()));
                case UINT16 -> contents.addUintContents(Short.toUnsignedInt(data.getShort()));
                case UINT32 -> contents.addUintContents(data.getInt());
                case UINT64 -> contents.addUint64Contents(data.getLong());
                case FP32 -> contents.addFp32Contents(data.getFloat());
                case FP64 -> contents.addFp64Contents(data.getDouble());
                case FP16, BF16, BYTES -> throw new IllegalArgumentException("no typed contents: " + input);
            }
        }
        return contents.build();
    }
}
