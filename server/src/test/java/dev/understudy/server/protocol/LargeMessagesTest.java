package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.understudy.server.grpc.GrpcClient;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferRequest.InferInputTensor;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.server.protocol.ProtocolServer.Answer;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The documented limit of a request, 64 MiB, on the server as it is by default.
@Timeout(300)
@ExtendWith(SharedServer.class)
class LargeMessagesTest {
    private static final int LIMIT = 64 << 20;
    /// More than what a message says beside its data.
    private static final int HEAD_BYTES_MAX = 1024;

    private final ProtocolServer server;

    LargeMessagesTest(ProtocolServer server) {
        this.server = server;
    }

    private static byte[] data(int bytes) {
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            data[i] = (byte) ((i * 31) >>> 8);
        }
        return data;
    }

    private static ModelInferRequest request(ByteString data) {
        return ModelInferRequest.newBuilder().setModelName("echo")
                .addInputs(InferInputTensor.newBuilder().setName("in").setDatatype("UINT8").addShape(data.size()))
                .addRawInputContents(data).build();
    }

    @Test
    void messagesUpToTheLimitPassOverGrpcAndLargerOnesAreRefused() throws Exception {
        try (GrpcClient grpc = new GrpcClient(server.grpcPort())) {
            for (int bytes : new int[]{5 << 20, LIMIT - HEAD_BYTES_MAX}) {
                ByteString data = ByteString.copyFrom(data(bytes));
                assertEquals(data, grpc.call("ModelInfer", request(data), ModelInferResponse.getDefaultInstance())
                        .getRawOutputContents(0));
            }
            ModelInferRequest large = request(ByteString.copyFrom(data(LIMIT)));
            var refused = assertThrows(StatusRuntimeException.class,
                    () -> grpc.call("ModelInfer", large, ModelInferResponse.getDefaultInstance()));
            assertEquals(Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode(), refused.getMessage());
        }
        server.awaitNothingHeld();
    }

    @Test
    void bodiesUpToTheLimitPassOverRestAndLargerOnesAreRefused() throws Exception {
        for (int bytes : new int[]{5 << 20, LIMIT - HEAD_BYTES_MAX}) {
            byte[] data = data(bytes);
            Answer answer = server.post("/v2/models/echo/infer", "{\"inputs\":[{\"name\":\"in\",\"shape\":[" + bytes
                    + "],\"datatype\":\"UINT8\",\"parameters\":{\"binary_data_size\":" + bytes
                    + "}}],\"parameters\":{\"binary_data_output\":true}}", data);
            assertEquals(200, answer.status());
            int at = Integer.parseInt(answer.header("inference-header-content-length"));
            byte[] body = answer.response().body();
            assertTrue(Arrays.equals(data, 0, bytes, body, at, body.length), "other bytes came back");
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.httpPort())) {
            socket.getOutputStream().write(("POST /v2/models/echo/infer HTTP/1.1\r\nHost: x\r\nContent-Length: "
                    + (LIMIT + 1) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            String status = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            assertTrue(String.valueOf(status).startsWith("HTTP/1.1 413 "), status);
        }
        server.awaitNothingHeld();
    }
}
