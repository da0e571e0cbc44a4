package dev.understudy.server.management;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    private final WebhookConfig config;
    private final Consumer<String> fault;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;

    /// What became of the messages.
    ///
    /// @param failed  refused, or given up after the last attempt
    /// @param dropped found no room
    record Counts(long delivered, long failed, long dropped, long waiting) {}

    /// @param fault told of a message that is given up
    Webhook(WebhookConfig config, Consumer<String> fault) {
        this.config = config;
        this.fault = fault;
        this.thread = Thread.ofPlatform().name("understudy-webhook").daemon(true).start(this::live);
    }

    /// Takes a JSON text for delivery.
    ///
    /// @return false, and counted as dropped, when too many wait
    boolean send(String body) {
        boolean taken = waiting.offer(body);
        if (!taken) {
            dropped.incrementAndGet();
        }
        return taken;
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
            int status = attempt(body, delivery);
            if (status >= 200 && status < 300) {
                delivered.incrementAndGet();
                return;
            }
            if (isFinal(status)) {
                giveUp("the webhook refused an alert with status " + status);
                return;
            }
            if (attempt < ATTEMPTS_MAX) {
                TimeUnit.NANOSECONDS.sleep(waitNanos(config.firstWait(), attempt));
            }
        }
        giveUp("an alert could not be delivered to the webhook after " + ATTEMPTS_MAX + " attempts");
    }

    /// Whether the receiver would answer the same to the same message: all of 4xx but a timeout and too many requests.
    private static boolean isFinal(int status) {
        return status >= 400 && status < 500 && status != 408 && status != 429;
    }

    private void giveUp(String why) {
        failed.incrementAndGet();
        fault.accept(why);
    }

    /// The wait after an attempt that failed, doubling up to the limit.
    static long waitNanos(Duration first, int attempt) {
        return Math.min(WAIT_MAX.toNanos(), first.toNanos() << Math.min(attempt - 1, 30));
    }

    /// The status of the answer, or 0 where there was no whole answer in time. The limit is kept here, since a request's
    /// own timeout ends with the headers: a body without an end would hold the thread for ever.
    private int attempt(String body, String delivery) throws InterruptedException {
        try {
            CompletableFuture<HttpResponse<Void>> answer = http.sendAsync(request(body, delivery),
                    BodyHandlers.discarding());
            try {
                return answer.get(config.attemptMax().toNanos(), TimeUnit.NANOSECONDS).statusCode();
            } finally {
                // Closes the connection of an answer that is not complete.
                answer.cancel(true);
            }
        } catch (ExecutionException | TimeoutException | RuntimeException failure) {
            // Tried again; given up messages are told of.
            return 0;
        }
    }

    private HttpRequest request(String body, String delivery) {
        String timestamp = String.valueOf(TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()));
        return HttpRequest.newBuilder(config.url()).header("Content-Type", "application/json")
                .header("understudy-delivery", delivery).header("understudy-timestamp", timestamp)
                .header("understudy-signature", signature(config.secret(), timestamp, body))
                .POST(BodyPublishers.ofString(body)).build();
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
