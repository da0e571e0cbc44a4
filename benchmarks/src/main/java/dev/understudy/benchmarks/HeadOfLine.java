package dev.understudy.benchmarks;

import com.google.protobuf.ByteString;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// Latencies of small requests at a fixed rate while requests to a slow model are in flight, one behind the other. Not
/// thread-safe; owned by the thread that measures.
final class HeadOfLine {
    private static final int REQUESTS_PER_SECOND = 300;
    private static final int SECONDS = 8;
    private static final int WARMUP_SECONDS = 3;
    private static final int CONNECTIONS = 32;
    private static final int SLOW_ANSWERS_PER_SECOND_MAX = 3;
    private static final long LATENCY_MICROS_MAX = TimeUnit.MINUTES.toMicros(1);

    private final GrpcExample example;
    private final ByteBuffer slow;

    HeadOfLine(GrpcExample example) {
        this.example = example;
        byte[] image = new byte[3 * GrpcTrial.SLOW_IMAGE * GrpcTrial.SLOW_IMAGE * Float.BYTES];
        slow = GrpcExample.frame(GrpcTrial.SLOW, ByteString.copyFrom(image), 1, 3, GrpcTrial.SLOW_IMAGE,
                GrpcTrial.SLOW_IMAGE);
    }

    /// All requests on one connection.
    Histogram onOneConnection(int port) throws IOException, InterruptedException {
        try (GrpcCaller caller = GrpcCaller.onOneConnection(Vertx.vertx(), port)) {
            return measure(caller, caller);
        }
    }

    /// The slow requests on a connection of their own, the small ones on a connection each.
    Histogram onSeparateConnections(int port) throws IOException, InterruptedException {
        try (GrpcCaller slowCaller = GrpcCaller.onOneConnection(Vertx.vertx(), port);
                GrpcCaller caller = GrpcCaller.onSeparateConnections(Vertx.vertx(), port, CONNECTIONS)) {
            return measure(caller, slowCaller);
        }
    }

    private Histogram measure(GrpcCaller caller, GrpcCaller slowCaller) throws IOException, InterruptedException {
        SlowCalls slowCalls = new SlowCalls(slowCaller);
        slowCalls.next();
        load(caller, WARMUP_SECONDS);
        Histogram latencies = load(caller, SECONDS);
        int answers = slowCalls.stop();
        if (answers < 1 || answers > (WARMUP_SECONDS + SECONDS) * SLOW_ANSWERS_PER_SECOND_MAX) {
            throw new IOException("the slow model was to answer about once a second, but answered " + answers
                    + " times in " + (WARMUP_SECONDS + SECONDS) + " s");
        }
        return latencies;
    }

    /// Requests to the slow model, one behind the other, until they are stopped or one fails. Thread-safe.
    private final class SlowCalls {
        private final GrpcCaller caller;
        private final AtomicInteger answers = new AtomicInteger();
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean stopping;

        SlowCalls(GrpcCaller caller) {
            this.caller = caller;
        }

        void next() {
            caller.call(slow).onComplete(answer -> {
                boolean well = answer.succeeded() && answer.result().status().equals("0");
                answers.addAndGet(well ? 1 : 0);
                if (well && !stopping) {
                    next();
                } else {
                    ended.countDown();
                }
            });
        }

        /// Waits for the answer under way, and returns how many there were; 0 when one failed before it was stopped.
        int stop() throws InterruptedException {
            boolean failed = ended.getCount() == 0;
            stopping = true;
            ended.await();
            return failed ? 0 : answers.get();
        }
    }

    /// Latencies in microseconds, from when a request was to be sent, whether or not it could be.
    private Histogram load(GrpcCaller caller, int seconds) throws IOException, InterruptedException {
        int requests = REQUESTS_PER_SECOND * seconds;
        long intervalNanos = TimeUnit.SECONDS.toNanos(1) / REQUESTS_PER_SECOND;
        Histogram latencies = new ConcurrentHistogram(LATENCY_MICROS_MAX, 3);
        AtomicInteger failed = new AtomicInteger();
        CountDownLatch answered = new CountDownLatch(requests);
        long beginNanos = System.nanoTime();
        for (int i = 0; i < requests; i++) {
            long dueNanos = beginNanos + i * intervalNanos;
            while (System.nanoTime() < dueNanos) {
                LockSupport.parkNanos(dueNanos - System.nanoTime());
            }
            caller.call(example.frame()).onComplete(answer -> {
                latencies.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - dueNanos));
                if (answer.failed() || !example.isAnsweredBy(answer.result())) {
                    failed.incrementAndGet();
                }
                answered.countDown();
            });
        }
        answered.await();
        if (failed.get() > 0) {
            throw new IOException(failed + " requests failed");
        }
        return latencies;
    }
}
