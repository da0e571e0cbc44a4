package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.understudy.server.codec.GrpcBodies;
import dev.understudy.server.grpc.GrpcClient;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferRequest.InferRequestedOutputTensor;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.server.proto.ModelInferResponse.InferOutputTensor;
import dev.understudy.server.proto.ModelMetadataRequest;
import dev.understudy.server.proto.ModelMetadataResponse;
import dev.understudy.server.proto.ModelReadyRequest;
import dev.understudy.server.proto.ModelReadyResponse;
import dev.understudy.server.proto.RepositoryModelLoadRequest;
import dev.understudy.server.proto.RepositoryModelLoadResponse;
import dev.understudy.server.proto.ServerLiveRequest;
import dev.understudy.server.proto.ServerLiveResponse;
import dev.understudy.server.proto.ServerMetadataRequest;
import dev.understudy.server.proto.ServerMetadataResponse;
import dev.understudy.server.proto.ServerReadyRequest;
import dev.understudy.server.proto.ServerReadyResponse;
import dev.understudy.server.protocol.ProtocolServer.Answer;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What REST and gRPC say and answer, of one server and its models, is the same.
@Timeout(120)
@ExtendWith(SharedServer.class)
class BothPlanesTest {
    private final ProtocolServer server;
    private final GrpcClient grpc;

    BothPlanesTest(ProtocolServer server) {
        this.server = server;
        grpc = new GrpcClient(server.grpcPort());
    }

    @AfterEach
    void close() {
        grpc.close();
    }

    /// Triton's example clients insist on its name, which [ProtocolServer] is configured to bear.
    @Test
    void theServerHasTheConfiguredNameAndTheSameExtensionsInOneOrder() throws Exception {
        JsonNode rest = server.get("/v2").json();
        ServerMetadataResponse message = grpc.call("ServerMetadata", ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance());
        assertEquals("triton", rest.path("name").asText());
        assertEquals("triton", message.getName());
        assertEquals(rest.path("version").asText(), message.getVersion());
        List<String> extensions = List.of("binary_tensor_data", "classification", "model_configuration", "statistics");
        assertEquals(extensions, StreamSupport.stream(rest.path("extensions").spliterator(), false)
                .map(JsonNode::asText).toList());
        assertEquals(extensions, message.getExtensionsList());
    }

    @Test
    void loadingByRequestIsRefusedInTheSameWords() throws Exception {
        var refused = assertThrows(StatusRuntimeException.class,
                () -> grpc.call("RepositoryModelLoad", RepositoryModelLoadRequest.getDefaultInstance(),
                        RepositoryModelLoadResponse.getDefaultInstance()));
        assertEquals(server.post("/v2/repository/models/simple/load", "{}").error(),
                refused.getStatus().getDescription());
    }

    private ModelInferResponse infer(ModelInferRequest request) {
        return grpc.call("ModelInfer", request, ModelInferResponse.getDefaultInstance());
    }

    private static ByteString floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return ByteString.copyFrom(bytes.flip());
    }

    /// The numbers of an answer's only output in JSON.
    private static float[] numbers(Answer answer) throws Exception {
        assertEquals(200, answer.status(), answer.text());
        JsonNode data = answer.json().path("outputs").path(0).path("data");
        float[] numbers = new float[data.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.parseFloat(data.path(i).asText());
        }
        return numbers;
    }

    /// What stands behind the JSON of an answer.
    private static ByteString binary(Answer answer) {
        assertEquals(200, answer.status(), answer.text());
        int at = Integer.parseInt(answer.header("inference-header-content-length"));
        return ByteString.copyFrom(answer.response().body()).substring(at);
    }

    /// Asks `model` in every form with one input of FP32, and returns the bytes that all of them got.
    private ByteString inEveryForm(String model, Tensor input, String data) throws Exception {
        String path = "/v2/models/" + model + "/infer";
        String head = "{\"inputs\":[{\"name\":\"" + input.name() + "\",\"shape\":" + input.shape()
                + ",\"datatype\":\"FP32\",";
        String wantsBinary = "}],\"parameters\":{\"binary_data_output\":true}}";
        ByteString answer = floats(numbers(server.post(path, head + "\"data\":" + data + "}]}")));
        assertEquals(answer, binary(server.post(path, head + "\"data\":" + data + wantsBinary)));
        byte[] bytes = input.data().toArray(ValueLayout.JAVA_BYTE);
        assertEquals(answer, binary(server.post(path,
                head + "\"parameters\":{\"binary_data_size\":" + bytes.length + "}" + wantsBinary, bytes)));
        ModelInferResponse raw = infer(GrpcBodies.raw(model, List.of(input)));
        assertEquals(List.of(answer), raw.getRawOutputContentsList());
        assertEquals(raw, infer(GrpcBodies.typed(model, List.of(input))));
        return answer;
    }

    @Test
    void everyFormOfARequestGetsTheSameBytesFromOneModel() throws Exception {
        Tensor digit = ProtocolServer.digit();
        float[] pixels = digit.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
        assertEquals(10 * Float.BYTES, inEveryForm("digits", digit, Arrays.toString(pixels)).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,2,3,4,5,6]", "[[1,2,3],[4,5,6]]"})
    void rowsStandOneBehindAnotherInEveryForm(String data) throws Exception {
        Tensor rows = Tensor.ofFloats("in", Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        assertEquals(floats(321, 654), inEveryForm("weighted", rows, data));
    }

    @Test
    void aModelWithoutInputsIsDescribedAndAnswered() throws Exception {
        assertEquals("[]", server.get("/v2/models/constant").json().path("inputs").toString());
        assertEquals(0, metadata("constant").getInputsCount());
        assertEquals(floats(1, 2), floats(numbers(server.post("/v2/models/constant/infer", "{\"inputs\":[]}"))));
        assertEquals(List.of(floats(1, 2)), infer(GrpcBodies.raw("constant", List.of())).getRawOutputContentsList());
    }

    private ModelMetadataResponse metadata(String model) {
        return grpc.call("ModelMetadata", ModelMetadataRequest.newBuilder().setName(model).build(),
                ModelMetadataResponse.getDefaultInstance());
    }

    @Test
    void theSixMethodsOfTheProtocolAnswer() {
        assertTrue(grpc.call("ServerLive", ServerLiveRequest.getDefaultInstance(),
                ServerLiveResponse.getDefaultInstance()).getLive());
        assertTrue(grpc.call("ServerReady", ServerReadyRequest.getDefaultInstance(),
                ServerReadyResponse.getDefaultInstance()).getReady());
        assertTrue(grpc.call("ModelReady", ModelReadyRequest.newBuilder().setName("simple").build(),
                ModelReadyResponse.getDefaultInstance()).getReady());
        assertEquals("triton", grpc.call("ServerMetadata", ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance()).getName());
        assertEquals("A FP32 [-1, 2]", metadata("simple").getInputs(0).getName() + " "
                + metadata("simple").getInputs(0).getDatatype() + " " + metadata("simple").getInputs(0).getShapeList());
        assertEquals("simple", infer(pair(1, 2)).getModelName());
    }

    /// For `simple`: of these two the sum is twice the first and twice the second, the difference nothing.
    private static ModelInferRequest pair(float first, float second) {
        return GrpcBodies.raw("simple", List.of(Tensor.ofFloats("A", Shape.of(1, 2), first, second),
                Tensor.ofFloats("B", Shape.of(1, 2), first, second)));
    }

    private static List<String> names(ModelInferResponse answer) {
        return answer.getOutputsList().stream().map(InferOutputTensor::getName).toList();
    }

    @Test
    void outputsOverGrpcAreAllOrThoseNamedInTheOrderAskedFor() {
        assertEquals(List.of("SUM", "DIFFERENCE"), names(infer(pair(1, 2))));
        var sum = InferRequestedOutputTensor.newBuilder().setName("SUM");
        var difference = InferRequestedOutputTensor.newBuilder().setName("DIFFERENCE");
        ModelInferResponse one = infer(pair(1, 2).toBuilder().addOutputs(difference).build());
        assertEquals(List.of("DIFFERENCE"), names(one));
        assertEquals(List.of(floats(0, 0)), one.getRawOutputContentsList());
        ModelInferResponse both = infer(pair(1, 2).toBuilder().addOutputs(difference).addOutputs(sum).build());
        assertEquals(List.of("DIFFERENCE", "SUM"), names(both));
        assertEquals(List.of(floats(0, 0), floats(2, 4)), both.getRawOutputContentsList());
        ModelInferRequest unknown = pair(1, 2).toBuilder().addOutputs(sum.clone().setName("NONE")).build();
        var refused = assertThrows(StatusRuntimeException.class, () -> infer(unknown));
        assertEquals(Code.INVALID_ARGUMENT, refused.getStatus().getCode(), refused.getMessage());
    }

    @Test
    void underConcurrencyEveryAnswerIsThatOfItsRequest() throws Exception {
        List<Callable<Integer>> callers = new ArrayList<>();
        for (int caller = 0; caller < 8; caller++) {
            int first = caller * 50;
            boolean overGrpc = caller % 2 == 0;
            callers.add(() -> {
                for (int i = first; i < first + 50; i++) {
                    assertEquals(floats(2 * i, 2 * i + 2), overGrpc ? sumOverGrpc(i) : sumOverRest(i));
                }
                return first;
            });
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(callers.size())) {
            for (Future<Integer> done : pool.invokeAll(callers)) {
                assertTrue(done.get() >= 0);
            }
        }
    }

    private ByteString sumOverGrpc(int i) {
        ModelInferResponse answer = infer(pair(i, i + 1).toBuilder().setId("id-" + i).build());
        assertEquals("id-" + i, answer.getId());
        return answer.getRawOutputContents(0);
    }

    private ByteString sumOverRest(int i) throws Exception {
        String data = "\"data\":[" + i + "," + (i + 1) + "]";
        Answer answer = server.post("/v2/models/simple/infer", ProtocolServer.SIMPLE.replace("\"data\":[5,7]", data)
                .replace("\"data\":[[1,2.5]]", data).replace("c-1", "id-" + i));
        assertEquals("id-" + i, answer.json().path("id").asText());
        return floats(numbers(answer));
    }
}
