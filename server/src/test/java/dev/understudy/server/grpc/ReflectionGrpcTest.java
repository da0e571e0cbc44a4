package dev.understudy.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.understudy.server.proto.GrpcService;
import dev.understudy.server.proto.reflection.ExtensionRequest;
import dev.understudy.server.proto.reflection.ServerReflectionRequest;
import dev.understudy.server.proto.reflection.ServerReflectionResponse;
import dev.understudy.server.proto.reflection.ServiceResponse;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReflectionGrpcTest {
    private static List<ServerReflectionResponse> ask(GrpcFixture server, String service,
            ServerReflectionRequest.Builder... questions) throws Exception {
        var method = GrpcClient.method(service + "/ServerReflectionInfo", MethodType.BIDI_STREAMING,
                ServerReflectionRequest.getDefaultInstance(), ServerReflectionResponse.getDefaultInstance());
        CompletableFuture<List<ServerReflectionResponse>> all = new CompletableFuture<>();
        List<ServerReflectionResponse> answers = new ArrayList<>();
        StreamObserver<ServerReflectionRequest> requests = ClientCalls.asyncBidiStreamingCall(
                server.client.with(new Metadata()).newCall(method, CallOptions.DEFAULT), new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable cause) {
                        all.completeExceptionally(cause);
                    }

                    @Override
                    public void onCompleted() {
                        all.complete(answers);
                    }
                });
        for (ServerReflectionRequest.Builder question : questions) {
            requests.onNext(question.setHost("h").build());
        }
        requests.onCompleted();
        return all.get(20, TimeUnit.SECONDS);
    }

    private static ServerReflectionRequest.Builder question() {
        return ServerReflectionRequest.newBuilder();
    }

    private static List<String> files(ServerReflectionResponse answer) throws Exception {
        List<String> names = new ArrayList<>();
        for (ByteString file : answer.getFileDescriptorResponse().getFileDescriptorProtoList()) {
            names.add(FileDescriptorProto.parseFrom(file).getName());
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {Reflection.SERVICE, Reflection.OLDER_SERVICE})
    void aToolLearnsTheServicesAndTheirMessagesOnOneStream(String service) throws Exception {
        try (GrpcFixture server = new GrpcFixture()) {
            List<ServerReflectionResponse> answers = ask(server, service, question().setListServices("*"),
                    question().setFileContainingSymbol(Services.INFERENCE),
                    question().setFileByFilename("model_config.proto"),
                    question().setFileContainingSymbol("inference.ModelInferRequest.InferInputTensor"),
                    question().setFileContainingSymbol("inference.DataType"));
            assertEquals(List.of(Services.INFERENCE, HealthChecks.SERVICE, Reflection.SERVICE),
                    answers.getFirst().getListServicesResponse().getServiceList().stream()
                            .map(ServiceResponse::getName).toList());
            assertEquals(List.of("grpc_service.proto", "model_config.proto"), files(answers.get(1)));
            assertEquals(GrpcService.getDescriptor().toProto().toByteString(),
                    answers.get(1).getFileDescriptorResponse().getFileDescriptorProto(0));
            assertEquals(List.of("model_config.proto"), files(answers.get(2)));
            assertEquals(files(answers.get(1)), files(answers.get(3)));
            assertEquals(files(answers.get(2)), files(answers.get(4)));
            assertEquals("h", answers.get(4).getValidHost());
        }
    }

    @Test
    void whatIsNotThereIsSaidInTheStream() throws Exception {
        try (GrpcFixture server = new GrpcFixture()) {
            List<ServerReflectionResponse> answers = ask(server, Reflection.SERVICE,
                    question().setFileContainingSymbol("no.Such"), question().setFileByFilename("no.proto"),
                    question().setAllExtensionNumbersOfType("a.B"),
                    question().setFileContainingExtension(ExtensionRequest.getDefaultInstance()), question());
            assertEquals(List.of(5, 5, 5, 5, 3),
                    answers.stream().map(it -> it.getErrorResponse().getErrorCode()).toList());
            assertTrue(answers.stream().noneMatch(it -> it.getErrorResponse().getErrorMessage().isEmpty()));
        }
    }
}
