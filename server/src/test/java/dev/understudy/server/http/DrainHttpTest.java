package dev.understudy.server.http;

import static dev.understudy.server.http.PlaneFixture.ADD_ONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DrainHttpTest {
    private static final String HELD = "/v2/models/held/infer";
    private static final String INFER = "/v2/models/add_one/infer";

    @Test
    void clientsThatKeepAConnectionAliveAreToldToLeaveByTheirNextAnswer() throws Exception {
        try (PlaneFixture server = new PlaneFixture();
                Wire idle = server.wire();
                Wire waiting = server.wire();
                Wire refused = server.wire()) {
            assertNull(idle.send(Wire.get("/v2/health/live")).answer().headers().get("connection"));
            waiting.send(Wire.post(HELD, "", ADD_ONE));
            Runnable answer = server.models.held.take();
            Future<Void> drained = server.plane.drain();
            assertLast(200, idle.send(Wire.get("/v2/health/live")).answer(), idle);
            assertLast(400, refused.send(Wire.post(INFER, "", "{")).answer(), refused);
            answer.run();
            assertLast(200, waiting.answer(), waiting);
            drained.await(20, TimeUnit.SECONDS);
            assertTrue(drained.succeeded());
        }
    }

    private static void assertLast(int status, Wire.Answer answer, Wire wire) throws Exception {
        assertEquals(status, answer.status());
        assertEquals("close", answer.headers().get("connection"));
        assertTrue(wire.ends());
    }

    @Test
    void aClientThatSendsNothingIsNotWaitedForWithoutEnd() throws Exception {
        try (PlaneFixture server = new PlaneFixture(); Wire idle = server.wire()) {
            idle.send(Wire.get("/v2/health/live")).answer();
            Future<Void> drained = server.plane.drain();
            assertFalse(drained.isComplete());
            drained.await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void withoutConnectionsThereIsNothingToWaitFor() throws Exception {
        try (PlaneFixture server = new PlaneFixture()) {
            assertTrue(server.plane.drain().isComplete());
        }
    }
}
