package dev.understudy.server.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.server.proto.InferParameter;
import dev.understudy.server.proto.InferTensorContents;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferRequest.InferInputTensor;
import dev.understudy.server.proto.ModelInferRequest.InferRequestedOutputTensor;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GrpcRequestTest {
    private static final Tensor PAIR = Tensor.ofFloats("x", Shape.of(1, 2), 1, 2.5f);

    private static InferenceRequest request(ModelInferRequest message) {
        return Bodies.accepted(GrpcBodies.decode(message)).request();
    }

    private static ModelInferRequest.Builder raw() {
        return GrpcBodies.raw("m", List.of(PAIR)).toBuilder();
    }

    private static ModelInferRequest.Builder typed() {
        return GrpcBodies.typed("m", List.of(PAIR)).toBuilder();
    }

    private static InferParameter text(String value) {
        return InferParameter.newBuilder().setStringParam(value).build();
    }

    @Test
    void everythingSaidIsInTheRequest() {
        InferenceRequest request = request(raw().setModelVersion("3").setId("c-1").putParameters("segment", text("de"))
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("b"))
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("a")).build());
        assertEquals("m", request.model());
        assertEquals("3", request.version());
        assertEquals("c-1", request.id());
        assertEquals("rid-1", request.requestId());
        assertEquals("de", request.segment());
        assertEquals(List.of("b", "a"), request.outputs());
        assertEquals(7, request.receivedNanos());
        assertEquals(PAIR.toString(), request.inputs().getFirst().toString());
    }

    @Test
    void whatIsNotSaidIsAbsent() {
        InferenceRequest request = request(raw().build());
        assertNull(request.version());
        assertNull(request.id());
        assertNull(request.segment());
        assertEquals(List.of(), request.outputs());
        assertEquals("at", Bodies.accepted(GrpcBodies.read(raw().build().toByteArray()).decode("r", "at", 0))
                .request().segment());
    }

    @Test
    void rawTensorsAreSlicesOfTheMessage() {
        byte[] message = raw().build().toByteArray();
        Tensor input = Bodies.accepted(GrpcRequest.read(message, 0, message.length).decode("r", null, 0)).request()
                .inputs().getFirst();
        int at = message.length - 8;
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putFloat(at, 9);
        assertEquals(9, input.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0));
        assertEquals(0, GrpcRequest.read(message, 0, message.length).copiedBytesMax());
    }

    @Test
    void parametersOfEveryKindAreAccepted() {
        ModelInferRequest.Builder message = raw();
        List<InferParameter> kinds = List.of(InferParameter.newBuilder().setBoolParam(true).build(),
                InferParameter.newBuilder().setInt64Param(-1).build(), text("s"),
                InferParameter.newBuilder().setDoubleParam(0.5).build(),
                InferParameter.newBuilder().setUint64Param(-1).build(), InferParameter.getDefaultInstance());
        for (int i = 0; i < kinds.size(); i++) {
            message.putParameters("p" + i, kinds.get(i)).getInputsBuilder(0).putParameters("p" + i, kinds.get(i));
            message.addOutputsBuilder().setName("o" + i).putParameters("p" + i, kinds.get(i));
        }
        assertEquals(PAIR.toString(), request(message.build()).inputs().getFirst().toString());
    }

    @Test
    void typedContentsThatComeInPartsAndOneByOneAreReadAsOne() {
        byte[] parts = Bodies.concat(
                ModelInferRequest.newBuilder().setModelName("m").build().toByteArray(), new byte[]{
                    // inputs { name: "x" datatype: "INT32" shape: 3, once packed and twice not }
                    (5 << 3) | 2, 22, 10, 1, 'x', 18, 5, 'I', 'N', 'T', '3', '2', 24, 3,
                    // contents { int_contents: 1 } and contents { int_contents: [2, 3] }
                    42, 2, 16, 1, 42, 4, 18, 2, 2, 3});
        Tensor input = Bodies.accepted(GrpcBodies.decode(parts)).request().inputs().getFirst();
        assertEquals("x INT32[3]", input.toString());
        assertArrayEquals(new byte[]{1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0}, Bodies.bytes(input));
    }

    @Test
    void emptyTensorsAndScalarsNeedWhatTheirShapesSay() {
        Tensor empty = Tensor.ofFloats("x", Shape.of(0, 3));
        assertEquals(0, request(GrpcBodies.raw("m", List.of(empty))).inputs().getFirst().byteSize());
        assertEquals(0, request(GrpcBodies.typed("m", List.of(empty))).inputs().getFirst().byteSize());
        ModelInferRequest.Builder bare = GrpcBodies.typed("m", List.of(empty)).toBuilder();
        bare.getInputsBuilder(0).clearContents();
        assertEquals(0, request(bare.build()).inputs().getFirst().byteSize());
        Tensor scalar = Tensor.ofFloats("x", Shape.of(), 4);
        assertEquals(scalar.toString(), request(GrpcBodies.raw("m", List.of(scalar))).inputs().getFirst().toString());
        assertEquals(List.of(), request(ModelInferRequest.newBuilder().setModelName("m").build()).inputs());
    }

    @Test
    void theIdAndTheModelOfARefusedRequestAreKnown() {
        byte[] bytes = raw().setId("c-1").clearRawInputContents().build().toByteArray();
        GrpcRequest request = GrpcBodies.read(bytes);
        Bodies.refusal(request.decode("r", null, 0));
        assertEquals("c-1", request.id());
        assertEquals("m", request.model());
    }

    private static Arguments wrong(String expected, Consumer<ModelInferRequest.Builder> damage) {
        return Arguments.of(expected, damage);
    }

    private static InferInputTensor.Builder input(ModelInferRequest.Builder message) {
        return message.getInputsBuilder(0);
    }

    static Stream<Arguments> wrongRaw() {
        return Stream.of(
                wrong("'raw_input_contents' has 2 entries, but there are 1 inputs",
                        message -> message.addRawInputContents(ByteString.EMPTY)),
                wrong("'raw_input_contents' has 1 entries, but there are 2 inputs",
                        message -> message.addInputs(input(message).clone().setName("y"))),
                wrong("input 'x': its entry of 'raw_input_contents' has 7 bytes, but FP32 of shape [1,2] takes 8",
                        message -> message.setRawInputContents(0, ByteString.copyFrom(new byte[7]))),
                wrong("input 'x': has 'contents' although the request has 'raw_input_contents'",
                        message -> input(message).setContents(InferTensorContents.newBuilder().addFp32Contents(1))),
                wrong("input 'x': unknown datatype 'FP31': expected one of [BOOL,",
                        message -> input(message).setDatatype("FP31")),
                wrong("input 'x': 'shape' holds -1: expected an integer of at least 0",
                        message -> input(message).setShape(0, -1)),
                wrong("input 'x': shape [4294967296,4294967296] has more elements than can be counted",
                        message -> input(message).setShape(0, 1L << 32).setShape(1, 1L << 32)),
                wrong("input 'x': shape [4611686018427387904,2] has more elements than can be counted",
                        message -> input(message).setShape(0, 1L << 62)),
                wrong("input 'x': 'shape' has more than 64 dimensions",
                        message -> input(message).addAllShape(java.util.Collections.nCopies(64, 1L))),
                wrong("inputs[0]: 'name' is missing", message -> input(message).clearName()),
                wrong("input 'x': 'datatype' is missing", message -> input(message).clearDatatype()),
                wrong("input 'x': is given twice",
                        message -> message.addInputs(input(message).clone())
                                .addRawInputContents(message.getRawInputContents(0))),
                wrong("input 'x': the BYTES data are not 2 strings",
                        message -> input(message).setDatatype("BYTES")),
                wrong("input 'x': shared memory is not supported",
                        message -> input(message).putParameters("shared_memory_region", text("r"))),
                wrong("output 'y' is requested twice",
                        message -> message.addOutputs(InferRequestedOutputTensor.newBuilder().setName("y"))
                                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("y"))),
                wrong("parameter 'classification' must be an integer of at least 0",
                        message -> message.addOutputsBuilder().setName("y").putParameters("classification",
                                InferParameter.newBuilder().setInt64Param(-3).build())),
                wrong("shared memory is not supported for outputs",
                        message -> message.addOutputsBuilder().setName("y").putParameters("shared_memory_region",
                                text("r"))),
                wrong("parameter 'segment' must be a string",
                        message -> message.putParameters("segment",
                                InferParameter.newBuilder().setBoolParam(true).build())));
    }

    @ParameterizedTest
    @MethodSource("wrongRaw")
    void aWrongRawRequestIsRefused(String expected, Consumer<ModelInferRequest.Builder> damage) {
        assertRefused(expected, raw(), damage);
    }

    static Stream<Arguments> wrongTyped() {
        return Stream.of(
                wrong("input 'x': its 'contents' have 0 elements, but shape [1,2] needs 2",
                        message -> input(message).clearContents()),
                wrong("input 'x': its 'contents' have 3 elements, but shape [1,2] needs 2",
                        message -> input(message).getContentsBuilder().addFp32Contents(3)),
                wrong("input 'x': its 'contents' have 2 elements, but shape [1,4611686018427387903] needs",
                        message -> input(message).setShape(1, (1L << 62) - 1)),
                wrong("input 'x': its elements are in 'fp32_contents', but FP64 belongs in 'fp64_contents'",
                        message -> input(message).setDatatype("FP64")),
                wrong("input 'x': its elements are in 'fp32_contents', but BYTES belongs in 'bytes_contents'",
                        message -> input(message).setDatatype("BYTES")),
                wrong("input 'x': its elements are in 'bytes_contents', but FP32",
                        message -> input(message).getContentsBuilder().addBytesContents(ByteString.copyFromUtf8("a"))),
                wrong("input 'x': FP16 has no typed contents: send it in 'raw_input_contents'",
                        message -> input(message).setDatatype("FP16")),
                wrong("input 'x': BF16 has no typed contents", message -> input(message).setDatatype("BF16")),
                wrong("input 'x': element 1 of its 'contents' is 128, which is out of range for INT8",
                        message -> input(message).setDatatype("INT8")
                                .setContents(InferTensorContents.newBuilder().addIntContents(-128)
                                        .addIntContents(128))),
                wrong("input 'x': element 0 of its 'contents' is 65536, which is out of range for UINT16",
                        message -> input(message).setDatatype("UINT16").setContents(
                                InferTensorContents.newBuilder().addUintContents(65536).addUintContents(1))));
    }

    @ParameterizedTest
    @MethodSource("wrongTyped")
    void aWrongTypedRequestIsRefused(String expected, Consumer<ModelInferRequest.Builder> damage) {
        assertRefused(expected, typed(), damage);
    }

    private static void assertRefused(String expected, ModelInferRequest.Builder message,
            Consumer<ModelInferRequest.Builder> damage) {
        damage.accept(message);
        String refusal = Bodies.refusal(GrpcBodies.decode(message.build()));
        assertTrue(refusal.startsWith(expected), refusal);
    }

    @Test
    void bytesThatAreNoMessageAreRefusedAtOnce() {
        byte[] message = raw().build().toByteArray();
        for (int length = 1; length < message.length; length++) {
            Decoding decoding = GrpcBodies.decode(Arrays.copyOf(message, length));
            if (decoding instanceof Decoding.Refused) {
                Bodies.refusal(decoding);
            }
        }
        for (byte[] malformed : new byte[][]{{0}, {(byte) 0xFF}, {42, 127}, {42, 5, 10}, {10, 1, (byte) 0xFF}, {4},
            {58, -1, -1, -1, -1, 15}, {42, 2, 26, 1}}) {
            String refusal = Bodies.refusal(GrpcBodies.decode(malformed));
            assertTrue(refusal.startsWith("the request is not a ModelInferRequest: malformed protobuf at byte "),
                    refusal);
        }
    }

    @Test
    void aMessageFullOfEmptyFieldsIsRefusedBeforeObjectsAreBuiltForIt() {
        byte[] inputs = new byte[1 << 20];
        byte[] unknown = new byte[1 << 20];
        for (int i = 0; i < inputs.length; i += 2) {
            inputs[i] = (5 << 3) | 2;
            unknown[i] = (15 << 3);
        }
        assertEquals("'inputs' has more than 4096 entries", Bodies.refusal(GrpcBodies.decode(inputs)));
        assertEquals("the request has more than 65536 protobuf fields", Bodies.refusal(GrpcBodies.decode(unknown)));
    }
}
