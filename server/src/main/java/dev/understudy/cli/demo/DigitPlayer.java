package dev.understudy.cli.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.models.Digit;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/// Thread-safe. Sends digits to a server at a steady rate, round and round, as clients that do not wait for each other
/// would. Latency counts from the moment a request was due, so that a stall is charged to every request it delayed.
final class DigitPlayer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int OPEN_MAX = 512;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final long LATENCY_MICROS_MAX = TimeUnit.SECONDS.toMicros(60);

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER_MAX).build();
    private final List<Digit> digits;
    private final List<HttpRequest> requests;
    private final Semaphore open = new Semaphore(OPEN_MAX);
    private final Recorder latencyMicros = new Recorder(LATENCY_MICROS_MAX, 3);
    private final Recorder lateMicros = new Recorder(LATENCY_MICROS_MAX, 3);
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong right = new AtomicLong();
    private final Map<String, Digit> sent = new ConcurrentHashMap<>();
    private final Queue<String> unlabelled = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile long periodNanos;
    private volatile @Nullable String failure;
    private volatile boolean restart;
    private volatile boolean stopping;

    /// Begins to play.
    ///
    /// @param infer where to POST
    /// @param input the model's input
    /// @param rate  requests a second
    DigitPlayer(URI infer, String input, List<Digit> digits, int rate) {
        this.digits = List.copyOf(digits);
        requests = digits.stream().map(digit -> request(infer, input, digit)).toList();
        periodNanos = period(rate);
        thread = Thread.ofPlatform().name("digit-player").start(this::play);
    }

    /// Plays at another rate from the next request on. What the old rate had fallen behind is forgotten, so that the new
    /// one is not charged for it.
    void setRate(int rate) {
        periodNanos = period(rate);
        restart = true;
    }

    long answered() {
        return answered.get();
    }

    long failed() {
        return failed.get();
    }

    /// Answers whose highest score is the digit the writer meant.
    long right() {
        return right.get();
    }

    /// What went wrong first, in words.
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /// What was measured since the last call.
    Played takePlayed() {
        return new Played(latencyMicros.getIntervalHistogram(), lateMicros.getIntervalHistogram());
    }

    /// The digit that a request carried, by the server's id of the request.
    Optional<Digit> digitOf(String requestId) {
        return Optional.ofNullable(sent.get(requestId));
    }

    /// What the requests since the last call should have been answered, as feedback takes it: JSON lines, empty when there are
    /// none. The truth travels this way only, after the answer, as it does in life.
    String takeLabels() {
        StringBuilder lines = new StringBuilder();
        for (String id = unlabelled.poll(); id != null; id = unlabelled.poll()) {
            Digit digit = sent.get(id);
            if (digit != null) {
                lines.append("{\"request_id\": \"").append(id).append("\", \"label\": ").append(digit.label())
                        .append("}\n");
            }
        }
        return lines.toString();
    }

    /// Sends no more and waits for the answers to what was sent.
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
            if (!open.tryAcquire(OPEN_MAX, ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                fail("some requests were never answered");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        http.shutdownNow();
    }

    private void play() {
        long due = System.nanoTime();
        for (long number = 0; !stopping; number++, due += periodNanos) {
            if (restart) {
                restart = false;
                due = System.nanoTime();
            }
            for (long wait = due - System.nanoTime(); wait > 0 && !stopping; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            if (!stopping) {
                lateMicros.recordValue(micros(System.nanoTime() - due));
                open.acquireUninterruptibly();
                send((int) (number % digits.size()), due);
            }
        }
    }

    private void send(int index, long due) {
        var _ = http.sendAsync(requests.get(index), BodyHandlers.ofString()).whenComplete((response, error) -> {
            try {
                if (error == null) {
                    take(response, digits.get(index), due);
                } else {
                    fail("a request was not answered: " + error.getMessage());
                }
            } finally {
                open.release();
            }
        });
    }

    private void take(HttpResponse<String> response, Digit digit, long due) {
        long micros = micros(System.nanoTime() - due);
        if (response.statusCode() != 200) {
            fail("a request was answered with status " + response.statusCode());
            return;
        }
        latencyMicros.recordValue(micros);
        response.headers().firstValue("understudy-request-id").ifPresent(id -> {
            sent.put(id, digit);
            unlabelled.add(id);
        });
        try {
            if (topAnswer(JSON.readTree(response.body())) == digit.label()) {
                right.incrementAndGet();
            }
            answered.incrementAndGet();
        } catch (JsonProcessingException e) {
            fail("an answer was not JSON");
        }
    }

    private static long micros(long nanos) {
        return Math.clamp(TimeUnit.NANOSECONDS.toMicros(nanos), 0, LATENCY_MICROS_MAX);
    }

    private static long period(int rate) {
        return TimeUnit.SECONDS.toNanos(1) / rate;
    }

    private void fail(String what) {
        failed.incrementAndGet();
        if (failure == null) {
            failure = what;
        }
    }

    /// The class with the highest score.
    private static int topAnswer(JsonNode answer) {
        JsonNode scores = answer.path("outputs").path(0).path("data");
        int top = -1;
        for (int i = 0; i < scores.size(); i++) {
            if (top < 0 || scores.get(i).asDouble() > scores.get(top).asDouble()) {
                top = i;
            }
        }
        return top;
    }

    private static HttpRequest request(URI infer, String input, Digit digit) {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode tensor = body.putArray("inputs").addObject();
        tensor.put("name", input).put("datatype", "FP32");
        tensor.putArray("shape").add(1).add(digit.pixels().length);
        var data = tensor.putArray("data");
        for (float pixel : digit.pixels()) {
            data.add((int) pixel);
        }
        return HttpRequest.newBuilder(infer).timeout(ANSWER_MAX).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString())).build();
    }
}
