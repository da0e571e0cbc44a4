package dev.understudy.server.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.server.proto.InferParameter;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferRequest.InferInputTensor;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.server.proto.ModelStreamInferResponse;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/// The hand-written codec against the generated classes.
class GrpcCodecLawsTest {
    private static final int HEAD_BYTES = 5;
    private static final List<DataType> TYPES = List.of(DataType.values());

    @Property
    void rawInputsArriveBitForBit(@ForAll DataType first, @ForAll DataType second, @ForAll long seed) {
        Random random = new Random(seed);
        List<Tensor> tensors = List.of(CodecLawsTest.tensor("a", first, random, false),
                CodecLawsTest.tensor("b", second, random, false));
        CodecLawsTest.assertSame(tensors,
                Bodies.accepted(GrpcBodies.decode(GrpcBodies.raw("m", tensors))).request().inputs());
    }

    @Property
    void typedInputsArriveBitForBit(@ForAll("typedTypes") DataType datatype, @ForAll long seed) {
        Tensor tensor = CodecLawsTest.tensor("a", datatype, new Random(seed), false);
        CodecLawsTest.assertSame(List.of(tensor),
                Bodies.accepted(GrpcBodies.decode(GrpcBodies.typed("m", List.of(tensor)))).request().inputs());
    }

    @Property
    void aRawBooleanOtherThanZeroAndOneIsRefusedWithItsPlace(@ForAll @IntRange(min = 1, max = 100) int size,
            @ForAll long seed) {
        Random random = new Random(seed);
        byte[] booleans = CodecLawsTest.booleans(random, size);
        int at = random.nextInt(size);
        booleans[at] = (byte) random.nextInt(2, 256);
        Tensor tensor = new Tensor("t", DataType.BOOL, Shape.of(size), MemorySegment.ofArray(booleans));
        assertEquals("input 't': element " + at + " of the BOOL data is " + Byte.toUnsignedInt(booleans[at])
                + ": expected 0 or 1", Bodies.refusal(GrpcBodies.decode(GrpcBodies.raw("m", List.of(tensor)))));
    }

    /// Parameters that nobody reads stay in memory with the raw inputs behind them.
    @Property
    void aRequestCountsAllOfTheMessageItHoldsAndEveryTextOfIts(@ForAll @IntRange(max = 5_000) int ignoredChars,
            @ForAll @IntRange(max = 5_000) int idChars, @ForAll long seed) {
        Tensor tensor = CodecLawsTest.tensor("t", DataType.FP32, new Random(seed), false);
        ModelInferRequest message = GrpcBodies.raw("m", List.of(tensor)).toBuilder().setId("i".repeat(idChars))
                .putParameters("ignored", InferParameter.newBuilder().setStringParam("x".repeat(ignoredChars)).build())
                .build();
        long held = Bodies.accepted(GrpcBodies.decode(message)).request().heldBytes();
        assertTrue(held >= message.getSerializedSize() + idChars, "held=" + held);
    }

    @Property
    void answersAreReadBitForBitByTheGeneratedClasses(@ForAll DataType first, @ForAll DataType second,
            @ForAll long seed) throws InvalidProtocolBufferException {
        Random random = new Random(seed);
        List<Tensor> tensors = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            tensors.add(CodecLawsTest.tensor("ä" + i, i == 1 ? first : second, random, false));
        }
        InferenceResponse response = new InferenceResponse("m", "7", tensors, new Timings(0, 0, 0, 0, 1));
        String id = random.nextBoolean() ? "id" : null;
        ModelInferResponse plain = ModelInferResponse
                .parseFrom(joined(GrpcAnswer.encode(response, id, HEAD_BYTES)));
        ModelStreamInferResponse streamed = ModelStreamInferResponse
                .parseFrom(joined(GrpcAnswer.encodeStreamed(response, id, HEAD_BYTES)));
        assertEquals(plain, streamed.getInferResponse());
        assertEquals("", streamed.getErrorMessage());
        assertEquals("m 7 " + (id == null ? "" : id),
                plain.getModelName() + " " + plain.getModelVersion() + " " + plain.getId());
        assertEquals(tensors.size(), plain.getRawOutputContentsCount());
        List<Tensor> read = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            ModelInferResponse.InferOutputTensor output = plain.getOutputs(i);
            ModelInferRequest.Builder echo = ModelInferRequest.newBuilder()
                    .addInputs(InferInputTensor.newBuilder().setName(output.getName())
                            .setDatatype(output.getDatatype()).addAllShape(output.getShapeList()))
                    .addRawInputContents(plain.getRawOutputContents(i));
            read.addAll(Bodies.accepted(GrpcBodies.decode(echo.build())).request().inputs());
        }
        CodecLawsTest.assertSame(tensors, read);
    }

    @Property(tries = 3000)
    void whatIsAcceptedOfADamagedRequestTheGeneratedParserReadsTheSame(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        boolean raw = random.nextBoolean();
        List<Tensor> tensors = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            DataType datatype = TYPES.get(random.nextInt(TYPES.size()));
            boolean half = datatype == DataType.FP16 || datatype == DataType.BF16;
            tensors.add(CodecLawsTest.tensor("t" + i, half && !raw ? DataType.FP32 : datatype, random, !raw));
        }
        byte[] message = (raw ? GrpcBodies.raw("m", tensors) : GrpcBodies.typed("m", tensors)).toBuilder().setId("i")
                .setModelVersion("v").build().toByteArray();
        byte[] damaged = damage(message, random);
        switch (GrpcBodies.decode(damaged)) {
            case Decoding.Refused refused -> Bodies.refusal(refused);
            case Decoding.Accepted(InferenceRequest request, AnswerForm _) -> {
                ModelInferRequest expected = ModelInferRequest.parseFrom(damaged);
                assertEquals(expected.getModelName(), request.model());
                assertEquals(expected.getId(), request.id() == null ? "" : request.id());
                assertEquals(expected.getInputsCount(), request.inputs().size());
                for (int i = 0; i < expected.getInputsCount(); i++) {
                    assertSame(expected, i, request.inputs().get(i));
                }
            }
        }
    }

    private static void assertSame(ModelInferRequest expected, int index, Tensor tensor) {
        InferInputTensor input = expected.getInputs(index);
        assertEquals(input.getName() + " " + input.getDatatype() + input.getShapeList().toString().replace(" ", ""),
                tensor.toString());
        if (expected.getRawInputContentsCount() > 0) {
            assertEquals(expected.getRawInputContents(index), ByteString.copyFrom(Bodies.bytes(tensor)));
        } else {
            assertEquals(input.getContents().toBuilder().setUnknownFields(UnknownFieldSet.getDefaultInstance()).build(),
                    GrpcBodies.contents(tensor));
        }
    }

    @Property(tries = 2000)
    void arbitraryBytesAreRefusedOrReadButNeverThrow(@ForAll byte[] bytes) {
        if (GrpcBodies.decode(bytes) instanceof Decoding.Refused refused) {
            Bodies.refusal(refused);
        }
    }

    @Provide
    Arbitrary<DataType> typedTypes() {
        return Arbitraries.of(DataType.class).filter(type -> type != DataType.FP16 && type != DataType.BF16);
    }

    private static byte[] damage(byte[] message, Random random) {
        byte[] damaged = message.clone();
        for (int i = random.nextInt(3); i >= 0 && damaged.length > 0; i--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(5)) {
                case 0 -> damaged[at] = (byte) random.nextInt(256);
                case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> damaged = Arrays.copyOf(damaged, at);
                case 3 -> damaged = Bodies.concat(damaged, Arrays.copyOf(message, random.nextInt(message.length)));
                default -> damaged = Bodies.concat(Arrays.copyOf(damaged, at),
                        Arrays.copyOfRange(damaged, random.nextInt(damaged.length), damaged.length));
            }
        }
        return damaged;
    }

    /// The message behind the bytes left free, which must be free.
    private static byte[] joined(List<ByteBuffer> pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (ByteBuffer piece : pieces) {
            byte[] bytes = new byte[piece.remaining()];
            piece.duplicate().get(bytes);
            out.writeBytes(bytes);
        }
        byte[] all = out.toByteArray();
        assertTrue(Arrays.equals(new byte[HEAD_BYTES], 0, HEAD_BYTES, all, 0, HEAD_BYTES));
        return Arrays.copyOfRange(all, HEAD_BYTES, all.length);
    }
}
