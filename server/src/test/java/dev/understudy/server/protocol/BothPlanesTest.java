package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.server.grpc.GrpcClient;
import dev.understudy.server.proto.RepositoryModelLoadRequest;
import dev.understudy.server.proto.RepositoryModelLoadResponse;
import dev.understudy.server.proto.ServerMetadataRequest;
import dev.understudy.server.proto.ServerMetadataResponse;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What REST and gRPC say of one server is the same.
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
}
