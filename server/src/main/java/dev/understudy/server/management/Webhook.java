package dev.understudy.server.management;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Delivers messages to one address, in order, on a thread of its own. Thread-safe; nobody waits for it.
///
/// Each message is signed: `understudy-signature: sha256=HEX` is the HMAC-SHA256, under the shared secret, of
/// `understudy-timestamp` (seconds since the epoch), a full stop, and the body. `understudy-delivery` stays the same when a
/// message is tried again, so that a receiver can tell.
final class Webhook implements AutoCloseable {
    static final int QUEUE_MAX = 256;
    static final int ATTEMPTS_MAX = 8;
    private static final Duration WAIT_MAX = Duration.ofMinutes(5);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    private final WebhookConfig config;
    private final Consumer<String> fault;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER_MAX)
            .version(HttpClient.Version.HTTP_1_1).build();
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;

    /// What became of the messages.
    ///
    /// @param failed  given up after the last attempt
    /// @param dropped found no room
    record Counts(long delivered, long failed, long dropped, long waiting) {}

    /// @param fault told of a message that is given up
    Webhook(WebhookConfig config, Consumer<String> fault) {
        this.config = config;
        this.fault = fault;
        this.thread = Thread.ofPlatform().name("understudy-webhook").daemon(true).start(this::live);
    }

    /// Takes a JSON text for delivery; counts it as dropped when too many wait.
    void send(String body) {
        if (!waiting.offer(body)) {
            dropped.incrementAndGet();
        }
    }

    Counts counts() {
        return new Counts(delivered.get(), failed.get(), dropped.get(), waiting.size());
    }

    private void live() {
        try {
            while (true) {
                deliver(waiting.take());
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver(String body) throws InterruptedException {
        String delivery = UUID.randomUUID().toString();
        for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
            if (attempt(body, delivery)) {
                delivered.incrementAndGet();
                return;
            }
            if (attempt < ATTEMPTS_MAX) {
                TimeUnit.NANOSECONDS.sleep(waitNanos(config.firstWait(), attempt));
            }
        }
        failed.incrementAndGet();
        fault.accept("an alert could not be delivered to the webhook after " + ATTEMPTS_MAX + " attempts");
    }

    /// The wait after an attempt that failed, doubling up to the limit.
    static long waitNanos(Duration first, int attempt) {
        return Math.min(WAIT_MAX.toNanos(), first.toNanos() << Math.min(attempt - 1, 30));
    }

    private boolean attempt(String body, String delivery) throws InterruptedException {
        String timestamp = String.valueOf(TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()));
        HttpRequest request = HttpRequest.newBuilder(config.url()).timeout(ANSWER_MAX)
                .header("Content-Type", "application/json").header("understudy-delivery", delivery)
                .header("understudy-timestamp", timestamp)
                .header("understudy-signature", signature(config.secret(), timestamp, body))
                .POST(BodyPublishers.ofString(body)).build();
        try {
            int status = http.send(request, BodyHandlers.discarding()).statusCode();
            return status >= 200 && status < 300;
        } catch (IOException unreachable) {
            // Tried again; given up messages are told of.
            return false;
        }
    }

    static String signature(String secret, String timestamp, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return "sha256=" + HexFormat.of()
                    .formatHex(mac.doFinal((timestamp + "." + body).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }

    /// Ends at once; what waits is not delivered.
    @Override
    public void close() {
        thread.interrupt();
        http.shutdownNow();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
