package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What the fuzz tests damage is whole before.
@Timeout(60)
@ExtendWith(SharedServer.class)
class RealRequestTest {
    @Test
    void everyRequestIsAnswered(ProtocolServer server) throws Exception {
        for (RealRequest request : RealRequest.all()) {
            assertEquals(200, server.send("/v2/models/" + request.model() + "/infer", request.bytes(),
                    Map.of("Inference-Header-Content-Length", Integer.toString(request.jsonBytes()))).status(),
                    request.toString());
        }
    }
}
