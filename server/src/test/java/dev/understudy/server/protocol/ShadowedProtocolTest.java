package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.server.codec.GrpcBodies;
import dev.understudy.server.grpc.GrpcClient;
import dev.understudy.server.proto.InferParameter;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.server.protocol.ProtocolServer.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a request says of itself reaches its comparison, and its answer stays the champion's.
@Timeout(120)
@ExtendWith(SharedServer.class)
class ShadowedProtocolTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INFER = "/v2/models/digits/infer";
    private static final String CHALLENGER = "/models/digits/challengers/better";

    private final ProtocolServer server;

    ShadowedProtocolTest(ProtocolServer server) {
        this.server = server;
    }

    private Answer ask(String id, String bodySegment, Map<String, String> headers) throws Exception {
        ObjectNode request = (ObjectNode) JSON.readTree(Path.of("..", "models", "requests", "digit.json").toFile());
        request.put("id", id);
        if (!bodySegment.isEmpty()) {
            request.putObject("parameters").put("segment", bodySegment);
        }
        return server.send(INFER, JSON.writeValueAsBytes(request), headers);
    }

    private void awaitShadowing() throws Exception {
        ProtocolServer.await(() -> server.management(CHALLENGER).path("state").asText().equals("shadowing"),
                () -> server.management(CHALLENGER));
    }

    private JsonNode awaitComparison(Answer answer) throws Exception {
        String requestId = answer.header("understudy-request-id");
        ProtocolServer.await(() -> comparison(requestId).isPresent(), () -> server.management(CHALLENGER));
        return comparison(requestId).orElseThrow();
    }

    private Optional<JsonNode> comparison(String requestId) throws Exception {
        for (JsonNode comparison : server.management(CHALLENGER + "/comparisons?order=newest&limit=100")) {
            if (comparison.path("request_id").asText().equals(requestId)) {
                return Optional.of(comparison);
            }
        }
        return Optional.empty();
    }

    @Test
    void segmentAndIdOfARequestAreKeptWithItsComparison() throws Exception {
        awaitShadowing();
        Answer byHeader = ask("order-1", "", Map.of("understudy-segment", "eu"));
        Answer byBody = ask("order-2", "us", Map.of("understudy-segment", "eu"));
        Answer neither = ask("order-3", "", Map.of());
        assertTells(awaitComparison(byHeader), "order-1", "eu");
        assertTells(awaitComparison(byBody), "order-2", "us");
        assertTells(awaitComparison(neither), "order-3", "null");
        JsonNode european = server.management(CHALLENGER + "/comparisons?segment=eu");
        assertEquals(1, european.size());
        assertEquals("order-1", european.path(0).path("client_id").asText());
    }

    @Test
    void aSegmentOverGrpcReachesItsComparisonToo() throws Exception {
        awaitShadowing();
        ModelInferRequest request = GrpcBodies.raw("digits", List.of(ProtocolServer.digit())).toBuilder()
                .setId("order-4")
                .putParameters("segment", InferParameter.newBuilder().setStringParam("over-grpc").build()).build();
        try (GrpcClient grpc = new GrpcClient(server.grpcPort())) {
            grpc.call("ModelInfer", request, ModelInferResponse.getDefaultInstance());
        }
        String query = CHALLENGER + "/comparisons?segment=over-grpc";
        ProtocolServer.await(() -> !server.management(query).isEmpty(), () -> server.management(CHALLENGER));
        JsonNode found = server.management(query);
        assertEquals(1, found.size());
        assertTells(found.path(0), "order-4", "over-grpc");
    }

    private static void assertTells(JsonNode comparison, String id, String segment) {
        assertEquals(id, comparison.path("client_id").asText());
        assertEquals(segment, comparison.path("segment").asText("null"));
    }

    @Test
    void theAnswerIsTheChampionsWhileAChallengerIsRehearsing() throws Exception {
        awaitShadowing();
        for (int i = 0; i < 20; i++) {
            Answer answer = ask("same", "", Map.of());
            assertEquals(200, answer.status(), answer.text());
            assertEquals("digits", answer.json().path("model_name").asText());
            assertEquals("1", answer.json().path("model_version").asText());
        }
        assertEquals("[\"1\"]", server.get("/v2/models/digits").json().path("versions").toString());
        for (String path : new String[]{"", "/ready", "/stats"}) {
            assertEquals(404, server.get("/v2/models/digits/versions/better" + path).status());
        }
        Answer understudy = server.post("/v2/models/digits/versions/better/infer", ProtocolServer.SIMPLE);
        assertEquals(404, understudy.status(), understudy.text());
    }
}
