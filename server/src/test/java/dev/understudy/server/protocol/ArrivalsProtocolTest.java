package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.understudy.server.codec.GrpcBodies;
import dev.understudy.server.grpc.GrpcClient;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.server.protocol.ProtocolServer.Answer;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What clients see while models and challengers arrive.
@Timeout(180)
class ArrivalsProtocolTest {
    private static final List<String> FAULTS = List.of("throws", "returns-nan", "other-shape", "slow");
    /// A model of its own: what the challengers of others have recorded would keep those out that fail.
    private static final String MODEL = "staged";
    private static final String INFER = "/v2/models/" + MODEL + "/infer";
    private static final Path MODELS = Path.of("..", "models");

    @Test
    void aModelThatIsStillLoadingIs503OverBothPlanes() throws Exception {
        try (StartedServer started = StartedServer.start()) {
            ProtocolServer server = started.server();
            server.add("endless/1.onnx", OnnxModels.endless());
            ProtocolServer.await(() -> server.get("/v2/models/endless/ready").status() != 404, () -> "never found");
            Answer answer = server.post("/v2/models/endless/infer", ProtocolServer.SIMPLE);
            assertEquals(503, answer.status(), answer.text());
            assertEquals("model 'endless' is not ready: it is being loaded", answer.error());
            assertFalse(answer.header("retry-after").isEmpty());
            assertFalse(server.get("/v2/models/endless/ready").json().path("ready").asBoolean(true));
            try (GrpcClient grpc = new GrpcClient(server.grpcPort())) {
                ModelInferRequest request = GrpcBodies.raw("endless", List.of(Tensor.ofFloats("in", Shape.of(1), 1)));
                var refused = assertThrows(StatusRuntimeException.class,
                        () -> grpc.call("ModelInfer", request, ModelInferResponse.getDefaultInstance()));
                assertEquals(Code.UNAVAILABLE, refused.getStatus().getCode());
                assertEquals(answer.error(), refused.getStatus().getDescription());
            }
            assertEquals(200, server.post("/v2/models/simple/infer", ProtocolServer.SIMPLE).status());
        }
    }

    @Test
    void faultyChallengersChangeNoStatusAndNoByteOfTheAnswersOverEitherPlane() throws Exception {
        try (StartedServer started = StartedServer.start();
                GrpcClient grpc = new GrpcClient(started.server().grpcPort())) {
            ProtocolServer server = started.server();
            server.add(MODEL + "/model.yaml", "max_batch_size: 1\n".getBytes(StandardCharsets.UTF_8));
            server.add(MODEL + "/1.onnx", Files.readAllBytes(MODELS.resolve("repository/digits/1.onnx")));
            ProtocolServer.await(() -> server.get("/v2/models/" + MODEL + "/ready").status() == 200,
                    () -> server.log.toString());
            List<String> alone = answers(server, grpc);
            for (String fault : FAULTS) {
                server.add(MODEL + "/" + fault + ".onnx",
                        Files.readAllBytes(MODELS.resolve("challengers/faulty/" + fault + ".onnx")));
            }
            for (String fault : FAULTS) {
                ProtocolServer.await(
                        () -> challenger(server, fault).path("state").asText().equals("shadowing"),
                        () -> challenger(server, fault));
            }
            assertEquals(alone, answers(server, grpc));
            for (String fault : FAULTS) {
                ProtocolServer.await(() -> {
                    JsonNode ledger = challenger(server, fault).path("ledger");
                    return ledger.path("compared").asInt() + ledger.path("failed").path("run").asInt() > 0;
                }, () -> challenger(server, fault));
            }
            assertTrue(challenger(server, "throws").path("ledger").path("failed").path("run").asInt() > 0);
            assertEquals(alone, answers(server, grpc), "after the faults have shown");
        }
    }

    private static JsonNode challenger(ProtocolServer server, String version) throws Exception {
        return server.management("/models/" + MODEL + "/challengers/" + version);
    }

    /// Statuses and bytes of what is answered to requests of every form, good and bad.
    private static List<String> answers(ProtocolServer server, GrpcClient grpc) throws Exception {
        Tensor digit = ProtocolServer.digit();
        String text = Files.readString(MODELS.resolve("requests/digit.json"));
        String binary = "{\"inputs\":[{\"name\":\"image\",\"shape\":[1,64],\"datatype\":\"FP32\",\"parameters\":"
                + "{\"binary_data_size\":256}}],\"parameters\":{\"binary_data_output\":true}}";
        byte[] data = digit.data().toArray(ValueLayout.JAVA_BYTE);
        List<String> answers = new ArrayList<>();
        for (Answer answer : List.of(server.post(INFER, text), server.post(INFER, binary, data),
                server.post(INFER, text.replace("[1, 64]", "[1, 63]")), server.post(INFER, "{"))) {
            answers.add(answer.status() + " " + HexFormat.of().formatHex(answer.response().body()));
        }
        for (ModelInferRequest request : List.of(GrpcBodies.raw(MODEL, List.of(digit)),
                GrpcBodies.typed(MODEL, List.of(digit)), GrpcBodies.raw(MODEL, List.of(digit, digit)))) {
            try {
                ByteString message = grpc.call("ModelInfer", request, ModelInferResponse.getDefaultInstance())
                        .toByteString();
                answers.add("OK " + HexFormat.of().formatHex(message.toByteArray()));
            } catch (StatusRuntimeException refused) {
                answers.add(String.valueOf(refused.getStatus()));
            }
        }
        assertEquals(List.of("200", "200", "400", "400", "OK", "OK", "Status{code=INVALID_ARGUMENT,"),
                answers.stream().map(answer -> answer.substring(0, answer.indexOf(' '))).toList());
        return answers;
    }
}
