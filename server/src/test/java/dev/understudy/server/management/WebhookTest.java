package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Webhooks against a receiver that fails as it is told to.
@SuppressWarnings("NullAway.Init")
@Timeout(60)
final class WebhookTest {
    /// Instead of a status: an answer of 200 whose body never ends.
    private static final int ENDLESS = -1;
    /// Instead of a status: 204 once the test lets go.
    private static final int HELD = -2;

    private record Received(String body, String signature, String timestamp, String delivery) {}

    private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final StageView view = new StageView();
    private HttpServer receiver;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/hook", this::take);
        receiver.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        receiver.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.add(new Received(body, exchange.getRequestHeaders().getFirst("understudy-signature"),
                exchange.getRequestHeaders().getFirst("understudy-timestamp"),
                exchange.getRequestHeaders().getFirst("understudy-delivery")));
        Integer status = answers.poll();
        if (status != null && status == ENDLESS) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('.');
            exchange.getResponseBody().flush();
            return;
        }
        if (status != null && status == HELD) {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.sendResponseHeaders(status == null || status < 0 ? 204 : status, -1);
        exchange.close();
    }

    private Webhook webhook() {
        return webhook(URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook"),
                Duration.ofMinutes(1));
    }

    private Webhook webhook(URI url, Duration attemptMax) {
        return new Webhook(new WebhookConfig(url, "s3cret", Duration.ofMillis(1), attemptMax), faults::add);
    }

    private Received next() throws InterruptedException {
        Received next = received.poll(30, TimeUnit.SECONDS);
        assertTrue(next != null, "nothing was sent");
        return next == null ? new Received("", "", "", "") : next;
    }

    @Test
    void aMessageThatFailsIsSentAgainAsTheSameDeliveryAndSigned() throws Exception {
        answers.addAll(List.of(500, 429, 408));
        try (Webhook webhook = webhook()) {
            webhook.send("{\"a\":1}");
            Received first = next();
            assertEquals(first.delivery(), next().delivery());
            assertEquals(first.delivery(), next().delivery());
            Received third = next();
            assertEquals(first.delivery(), third.delivery());
            assertEquals("{\"a\":1}", third.body());
            assertEquals(Webhook.signature("s3cret", third.timestamp(), third.body()), third.signature());
            while (webhook.counts().delivered() == 0) {
                Thread.onSpinWait();
            }
            assertEquals(new Webhook.Counts(1, 0, 0, 0), webhook.counts());
        }
        assertEquals(List.of(), faults);
    }

    /// A request's own timeout ends with the headers of its answer.
    @Test
    void anAnswerWithoutAnEndIsAFailedAttempt() throws Exception {
        answers.add(ENDLESS);
        URI url = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
        try (Webhook webhook = webhook(url, Duration.ofSeconds(1))) {
            webhook.send("m");
            assertEquals(next().delivery(), next().delivery());
            while (webhook.counts().delivered() == 0) {
                Thread.onSpinWait();
            }
        }
        assertEquals(List.of(), faults);
    }

    @Test
    void aRefusalIsFinal() throws Exception {
        answers.add(404);
        try (Webhook webhook = webhook()) {
            webhook.send("refused");
            webhook.send("next");
            assertEquals("refused", next().body());
            assertEquals("next", next().body());
            assertEquals(1, webhook.counts().failed());
            assertEquals(List.of("the webhook refused an alert with status 404"), faults);
        }
    }

    /// The client throws something else than it declares.
    @Test
    void anAttemptThatThrowsIsAFailedAttemptAndTheNextMessageHasItsTurn() {
        try (Webhook webhook = webhook(URI.create("mailto:nobody"), Duration.ofMinutes(1))) {
            webhook.send("a");
            webhook.send("b");
            while (webhook.counts().failed() < 2) {
                Thread.onSpinWait();
            }
            assertEquals(2, faults.size());
        }
    }

    @Test
    void whatFoundNoRoomIsToldWhenThereIsRoom() throws Exception {
        answers.add(HELD);
        Webhook webhook = webhook();
        try (AlertRounds rounds = new AlertRounds(view, webhook)) {
            webhook.send("in hand");
            assertEquals("in hand", next().body());
            for (int i = 0; i < Webhook.QUEUE_MAX; i++) {
                assertTrue(webhook.send("waits"));
            }
            view.models = List.of(Cast.model("digits", Cast.refused("3", Cast.OTHER_SHA, "its inputs differ")));
            rounds.look();
            assertEquals(1, webhook.counts().dropped());
            release.countDown();
            for (int i = 0; i < Webhook.QUEUE_MAX; i++) {
                assertEquals("waits", next().body());
            }
            rounds.look();
            assertEquals("firing", Caller.JSON.readTree(next().body()).at("/status").textValue());
        }
    }

    /// As any other implementation computes it of `TIMESTAMP.BODY`.
    @Test
    void theSignatureIsHmacSha256() {
        assertEquals("sha256=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224",
                Webhook.signature("key", "1", "{}"));
    }

    @Test
    void aReceiverThatNeverAnswersWellCostsTheMessageAndNoMore() throws Exception {
        for (int i = 0; i < Webhook.ATTEMPTS_MAX; i++) {
            answers.add(503);
        }
        try (Webhook webhook = webhook()) {
            webhook.send("lost");
            webhook.send("next");
            String body = "";
            for (int i = 0; i <= Webhook.ATTEMPTS_MAX; i++) {
                body = next().body();
            }
            assertEquals("next", body);
            assertEquals(1, webhook.counts().failed());
            assertEquals(1, faults.size());
        }
    }

    @Test
    void theWaitDoublesUpToFiveMinutes() {
        Duration first = Duration.ofSeconds(1);
        assertEquals(List.of(1L, 2L, 4L, 128L, 300L, 300L), List.of(1, 2, 3, 8, 10, 60).stream()
                .map(attempt -> TimeUnit.NANOSECONDS.toSeconds(Webhook.waitNanos(first, attempt))).toList());
    }

    @Test
    void moreThanTheQueueHoldsIsDroppedAndCounted() throws Exception {
        for (int i = 0; i < 4; i++) {
            answers.add(503);
        }
        receiver.stop(0);
        try (Webhook webhook = new Webhook(
                new WebhookConfig(URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook"), "s",
                        Duration.ofMinutes(1), Duration.ofMinutes(1)),
                faults::add)) {
            int sent = Webhook.QUEUE_MAX + 10;
            for (int i = 0; i < sent; i++) {
                webhook.send("m" + i);
            }
            Webhook.Counts counts = webhook.counts();
            // One may be in hand already.
            assertTrue(counts.dropped() >= 9 && counts.dropped() <= 10, counts::toString);
        }
    }

    @Test
    void whatBeginsAndWhatEndsIsToldOnceEach() throws Exception {
        try (AlertRounds rounds = new AlertRounds(view, webhook())) {
            view.models = List.of(Cast.model("digits", Cast.refused("3", Cast.OTHER_SHA, "its inputs differ")));
            rounds.look();
            rounds.look();
            JsonNode firing = Caller.JSON.readTree(next().body());
            assertEquals("challenger_refused", firing.at("/alert").textValue());
            assertEquals("firing", firing.at("/status").textValue());
            assertEquals("3@2e9d33cd", firing.at("/challenger").textValue());
            assertEquals("its inputs differ", firing.at("/detail").textValue());
            view.models = List.of(Cast.model("digits"));
            rounds.look();
            JsonNode resolved = Caller.JSON.readTree(next().body());
            assertEquals("resolved", resolved.at("/status").textValue());
            assertEquals(firing.at("/challenger"), resolved.at("/challenger"));
            assertTrue(received.isEmpty());
        }
    }
}
