package dev.understudy.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferRequest.InferInputTensor;
import dev.understudy.server.proto.ModelInferResponse;
import java.nio.ByteBuffer;

/// The request of an [InferenceExample] in its gRPC form, raw. Immutable.
///
/// @param frame  gRPC's head and the message
/// @param answer the output's bytes
record GrpcExample(ByteBuffer frame, ByteString answer) {
    static final String PATH = "/inference.GRPCInferenceService/ModelInfer";
    private static final int HEAD_BYTES = 5;

    /// A request to a model with the input and the output of [InferenceExample].
    static GrpcExample make() {
        InferenceExample example = InferenceExample.make();
        ByteBuffer input = example.body().slice(example.jsonBytes(),
                example.body().remaining() - example.jsonBytes());
        long floats = input.remaining() / Float.BYTES;
        return new GrpcExample(frame(InferenceExample.MODEL, ByteString.copyFrom(input), 1, floats),
                ByteString.copyFrom(example.answer().duplicate()));
    }

    /// A request of FP32 values for the input `input` of a model.
    static ByteBuffer frame(String model, ByteString values, long... shape) {
        InferInputTensor.Builder input = InferInputTensor.newBuilder().setName("input").setDatatype("FP32");
        for (long dim : shape) {
            input.addShape(dim);
        }
        byte[] message = ModelInferRequest.newBuilder().setModelName(model).addInputs(input)
                .addRawInputContents(values).build().toByteArray();
        return ByteBuffer.allocate(HEAD_BYTES + message.length).put((byte) 0).putInt(message.length).put(message)
                .flip();
    }

    /// True when this is the right answer to the request.
    boolean isAnsweredBy(GrpcCaller.Answer given) {
        try {
            return given.status().equals("0") && ModelInferResponse
                    .parseFrom(given.frame().slice(HEAD_BYTES, given.frame().remaining() - HEAD_BYTES))
                    .getRawOutputContents(0).equals(answer);
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }
}
