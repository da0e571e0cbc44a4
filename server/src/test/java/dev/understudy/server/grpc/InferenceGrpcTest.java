package dev.understudy.server.grpc;

import static dev.understudy.server.grpc.GrpcFixture.PAIR;
import static dev.understudy.server.grpc.GrpcFixture.floats;
import static dev.understudy.server.grpc.GrpcFixture.pair;
import static dev.understudy.server.grpc.GrpcFixture.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.server.codec.GrpcBodies;
import dev.understudy.server.proto.InferParameter;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferRequest.InferRequestedOutputTensor;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.vertx.core.http.HttpClientRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InferenceGrpcTest extends GrpcStage {
    @Test
    void anAnswerHasTheRequestsIdTheModelAndItsOutputsRaw() {
        ModelInferResponse answer = server.infer(pair("add_one").toBuilder().setId("c-1").build());
        assertEquals("add_one 3 c-1", answer.getModelName() + " " + answer.getModelVersion() + " " + answer.getId());
        assertEquals(1, answer.getOutputsCount());
        assertEquals("y FP32 [1, 2]", answer.getOutputs(0).getName() + " " + answer.getOutputs(0).getDatatype() + " "
                + answer.getOutputs(0).getShapeList());
        assertEquals(List.of(floats(2, 3.5f)), answer.getRawOutputContentsList());
        assertEquals(false, answer.getOutputs(0).hasContents());
        InferenceRequest request = Objects.requireNonNull(server.models.last.get());
        assertEquals(request.requestId(),
                Objects.requireNonNull(server.client.answered.get()).get(GrpcClient.REQUEST_ID));
    }

    @Test
    void typedContentsAreAnsweredRawToo() {
        ModelInferResponse answer = server.infer(GrpcBodies.typed("add_one", List.of(PAIR)));
        assertEquals(List.of(floats(2, 3.5f)), answer.getRawOutputContentsList());
        assertEquals("", answer.getId());
    }

    private static List<Tensor> tensors(DataType datatype) {
        if (datatype == DataType.BYTES) {
            return List.of(Tensor.ofBytes("s", Shape.of(4), new byte[0], "\u00e9\ud83c\udfad\u0000".getBytes(
                    java.nio.charset.StandardCharsets.UTF_8), new byte[]{-1, -2}, new byte[70_000]));
        }
        byte[] data = new byte[6 * datatype.byteSize()];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (datatype == DataType.BOOL ? i & 1 : 37 * i);
        }
        return List.of(new Tensor("a", datatype, Shape.of(2, 3), MemorySegment.ofArray(data)),
                new Tensor("none", datatype, Shape.of(0, 2), MemorySegment.ofArray(new byte[0])),
                new Tensor("one", datatype, Shape.of(),
                        MemorySegment.ofArray(data).asSlice(datatype.byteSize(), datatype.byteSize())));
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void everyDatatypeGoesInAndComesOutBitForBit(DataType datatype) {
        List<Tensor> tensors = tensors(datatype);
        ModelInferRequest raw = GrpcBodies.raw("echo", tensors);
        ModelInferResponse answer = server.infer(raw);
        assertEquals(raw.getRawInputContentsList(), answer.getRawOutputContentsList());
        for (int i = 0; i < tensors.size(); i++) {
            assertEquals(raw.getInputs(i).getName() + raw.getInputs(i).getShapeList() + datatype,
                    answer.getOutputs(i).getName() + answer.getOutputs(i).getShapeList()
                            + answer.getOutputs(i).getDatatype());
        }
        if (datatype != DataType.FP16 && datatype != DataType.BF16) {
            assertEquals(answer, server.infer(GrpcBodies.typed("echo", tensors)));
        }
    }

    @Test
    void failuresHaveTheirCodesAndTheWordsOfTheJsonForm() {
        assertEquals("Request for unknown model: 'nobody' is not found",
                refusal(Code.NOT_FOUND, () -> server.infer(pair("nobody"))));
        assertEquals("Request for unknown model: '' is not found",
                refusal(Code.NOT_FOUND, () -> server.infer(pair(""))));
        refusal(Code.NOT_FOUND, () -> server.infer(pair("add_one").toBuilder().setModelVersion("9").build()));
        assertEquals("full", refusal(Code.UNAVAILABLE, () -> server.infer(pair("busy"))));
        assertEquals("no", refusal(Code.INTERNAL, () -> server.infer(pair("broken"))));
        assertEquals("the server failed on this request", refusal(Code.INTERNAL, () -> server.infer(pair("throws"))));
        String sentence = refusal(Code.INVALID_ARGUMENT,
                () -> server.infer(pair("add_one").toBuilder().addRawInputContents(ByteString.EMPTY).build()));
        assertTrue(sentence.startsWith("'raw_input_contents' has 2 entries"), sentence);
        assertEquals(List.of(floats(2, 3.5f)), server.infer(pair("add_one")).getRawOutputContentsList());
    }

    @Test
    void aMessageIsPercentEncodedSoThatEveryCharacterArrives() {
        assertEquals("Request for unknown model: 'Ärger 100%\n' is not found",
                refusal(Code.NOT_FOUND, () -> server.infer(pair("Ärger 100%\n"))));
    }

    @Test
    void theSegmentIsTheParameterElseTheMetadata() {
        Metadata metadata = new Metadata();
        metadata.put(GrpcClient.SEGMENT, "at");
        server.client.call("ModelInfer", pair("add_one"), ModelInferResponse.getDefaultInstance(),
                CallOptions.DEFAULT, metadata);
        assertEquals("at", Objects.requireNonNull(server.models.last.get()).segment());
        server.client.call("ModelInfer",
                pair("add_one").toBuilder()
                        .putParameters("segment", InferParameter.newBuilder().setStringParam("de").build()).build(),
                ModelInferResponse.getDefaultInstance(), CallOptions.DEFAULT, metadata);
        assertEquals("de", Objects.requireNonNull(server.models.last.get()).segment());
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 200_000})
    void compressedRequestsAreAnsweredCompressed(int bytes) {
        Tensor zeros = new Tensor("x", DataType.UINT8, Shape.of(bytes), MemorySegment.ofArray(new byte[bytes]));
        ModelInferRequest request = GrpcBodies.raw("echo", List.of(zeros));
        ModelInferResponse answer = server.client.call("ModelInfer", request, ModelInferResponse.getDefaultInstance(),
                CallOptions.DEFAULT.withCompression("gzip"), new Metadata());
        assertEquals(request.getRawInputContentsList(), answer.getRawOutputContentsList());
        assertEquals("gzip", Objects.requireNonNull(server.client.answered.get()).get(GrpcClient.ENCODING));
    }

    @Test
    void aRequestInDeflateIsAnsweredInDeflate() throws Exception {
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(deflated)) {
            out.write(pair("add_one").toByteArray());
        }
        HttpClientRequest request = server.beginInfer().putHeader("grpc-encoding", "deflate")
                .putHeader("grpc-accept-encoding", "deflate");
        GrpcFixture.Answer answer = server.exchange(request, GrpcFixture.frame(deflated.toByteArray()).setByte(0,
                (byte) 1));
        assertEquals("0 deflate", answer.trailers().get("grpc-status") + " " + answer.trailers().get("grpc-encoding"));
        assertEquals(1, answer.body().getByte(0));
        assertEquals(answer.body().length() - 5, answer.body().getInt(1));
        assertEquals(server.infer(pair("add_one")), ModelInferResponse.parseFrom(
                new InflaterInputStream(new ByteArrayInputStream(answer.body().getBytes(5, answer.body().length())))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "br", "gzip,deflate"})
    void anUnknownCompressionIsUnimplementedAndTheKnownOnesAreNamed(String coding) throws Exception {
        HttpClientRequest request = server.beginInfer().putHeader("grpc-encoding", coding);
        GrpcFixture.Answer answer = server.exchange(request, GrpcFixture.frame(new byte[]{1, 2, 3}).setByte(0,
                (byte) 1));
        assertEquals("12", answer.trailers().get("grpc-status"), answer.toString());
        assertEquals("identity,deflate,gzip", answer.trailers().get("grpc-accept-encoding"));
        assertEquals(1, server.infer(pair("add_one")).getOutputsCount());
    }

    @Test
    void aMethodThatIsNotThereIsUnimplemented() throws Exception {
        GrpcFixture.Answer answer = server.exchange(server.begin("/" + Services.INFERENCE + "/TraceSetting"),
                GrpcFixture.frame(new byte[0]));
        assertEquals("12", answer.trailers().get("grpc-status"), answer.toString());
    }

    @Test
    void largeTypedContentsAndManyPiecesArrive() {
        float[] values = new float[50_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Tensor large = Tensor.ofFloats("x", Shape.of(values.length), values);
        ModelInferResponse answer = server.infer(GrpcBodies.typed("echo", List.of(large)));
        assertEquals(List.of(floats(values)), answer.getRawOutputContentsList());
        assertEquals(answer, server.infer(GrpcBodies.raw("echo", List.of(large))));
    }

    @Test
    void tooLargeAMessageIsRefusedAndTheConnectionGoesOn() {
        int bytes = GrpcFixture.REQUEST_BYTES_MAX;
        Tensor large = new Tensor("x", DataType.UINT8, Shape.of(bytes), MemorySegment.ofArray(new byte[bytes]));
        String sentence = refusal(Code.RESOURCE_EXHAUSTED, () -> server.infer(GrpcBodies.raw("echo", List.of(large))));
        assertTrue(sentence.contains("more than the 300000 it may have"), sentence);
        sentence = refusal(Code.RESOURCE_EXHAUSTED,
                () -> server.client.call("ModelInfer", GrpcBodies.raw("echo", List.of(large)),
                        ModelInferResponse.getDefaultInstance(), CallOptions.DEFAULT.withCompression("gzip"),
                        new Metadata()));
        assertTrue(sentence.contains("inflates to more than 300000 bytes"), sentence);
        assertEquals(List.of(floats(2, 3.5f)), server.infer(pair("add_one")).getRawOutputContentsList());
    }

    @Test
    void anOutputCanBeClassifiedAndItsClassesAreLabelled() {
        ModelInferRequest request = pair("add_one").toBuilder().addOutputs(InferRequestedOutputTensor.newBuilder()
                .setName("y")
                .putParameters("classification", InferParameter.newBuilder().setInt64Param(2).build())).build();
        ModelInferResponse answer = server.infer(request);
        assertEquals("BYTES [1, 2]", answer.getOutputs(0).getDatatype() + " " + answer.getOutputs(0).getShapeList());
        assertEquals("\5\0\0\0003.5:1\t\0\0\0002.0:0:cat", answer.getRawOutputContents(0).toStringUtf8());
        InferParameter text = InferParameter.newBuilder().setStringParam("2").build();
        String sentence = refusal(Code.INVALID_ARGUMENT, () -> server.infer(request.toBuilder().setOutputs(0,
                InferRequestedOutputTensor.newBuilder().setName("y").putParameters("classification", text)).build()));
        assertTrue(sentence.contains("'classification' must be an integer"), sentence);
    }
}
