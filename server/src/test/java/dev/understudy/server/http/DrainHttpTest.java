package dev.understudy.server.http;

import static dev.understudy.server.http.PlaneFixture.ADD_ONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DrainHttpTest {
    private static final String HELD = "/v2/models/held/infer";
    private static final int CLIENTS = 16;
    /// Half of what a stopping server waits for requests of those it has just accepted.
    private static final long DAWDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
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
    void whoeverIsAcceptedIsAnsweredAndNothingIsLoggedHoweverManyComeWhileItStops() throws Exception {
        Logger accepting = Logger.getLogger("io.netty.bootstrap.ServerBootstrap");
        List<String> logged = new CopyOnWriteArrayList<>();
        accepting.setFilter(entry -> {
            logged.add(entry.getMessage());
            return false;
        });
        AtomicInteger cut = new AtomicInteger();
        try (PlaneFixture server = new PlaneFixture();
                ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            CountDownLatch busy = new CountDownLatch(CLIENTS);
            for (int i = 0; i < CLIENTS; i++) {
                clients.execute(() -> comeAgainAndAgain(server, busy, cut));
            }
            busy.await();
            server.plane.drain().await(20, TimeUnit.SECONDS);
            server.plane.close().await(20, TimeUnit.SECONDS);
        } finally {
            accepting.setFilter(null);
        }
        assertEquals(List.of(), logged);
        assertEquals(0, cut.get(), "who was accepted was answered");
    }

    /// One connection a request, until none is accepted.
    private static void comeAgainAndAgain(PlaneFixture server, CountDownLatch busy, AtomicInteger cut) {
        while (true) {
            long cameNanos = System.nanoTime();
            try (Wire wire = server.wire()) {
                wire.send(Wire.get("/v2/health/live"));
                boolean dawdled = System.nanoTime() - cameNanos > DAWDLE_NANOS;
                try {
                    assertEquals(200, wire.answer().status());
                } catch (SocketException queued) {
                    // Reset: the system had put it in the queue of those to be accepted, and closed that with the socket.
                    return;
                } catch (IOException ended) {
                    // A client that this machine kept from sending is not waited for without end.
                    cut.addAndGet(dawdled ? 0 : 1);
                    return;
                }
            } catch (IOException refused) {
                return;
            } finally {
                busy.countDown();
            }
        }
    }

    @Test
    void nobodyIsAcceptedAnyMoreWhenItHasDrained() throws Exception {
        try (PlaneFixture server = new PlaneFixture(); Wire idle = server.wire()) {
            idle.send(Wire.get("/v2/health/live")).answer();
            server.plane.drain().await(20, TimeUnit.SECONDS);
            assertThrows(ConnectException.class, server::wire);
        }
    }

    @Test
    void withoutConnectionsThereIsNothingToWaitFor() throws Exception {
        try (PlaneFixture server = new PlaneFixture()) {
            assertTrue(server.plane.drain().isComplete());
        }
    }
}
