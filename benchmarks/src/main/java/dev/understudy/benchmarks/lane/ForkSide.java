package dev.understudy.benchmarks.lane;

import ai.onnxruntime.OrtException;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// What an application does by itself: a second session in the same process, and an executor that runs every request on it
/// and compares the answers, with a bounded queue that drops what is too much. The champion is served by an engine of its
/// own, as in every other side. Thread-safe at [#send].
final class ForkSide implements Side {
    private static final int QUEUE_MAX = 1024;
    private static final long STOP_SECONDS_MAX = 10;

    private final String name;
    private final Subject subject;
    private final EngineSide champion;
    private final RowSession challenger;
    private final ThreadPoolExecutor executor;
    private final AtomicLong served = new AtomicLong();
    private final AtomicLong compared = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong differing = new AtomicLong();

    /// @param threads of the executor
    ForkSide(String name, Subject subject, int threads) throws IOException, OrtException {
        this.name = name;
        this.subject = subject;
        this.champion = EngineSide.of(Mode.OFF, subject);
        this.challenger = new RowSession(subject.challenger(), subject.input(), subject.output(), subject.shape());
        this.executor = new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE_MAX), Thread.ofPlatform().name("fork-", 0).daemon(true).factory(),
                (_, _) -> dropped.incrementAndGet());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String baseline() {
        return Mode.OFF.label();
    }

    @Override
    public void send(long dueNanos, Answers answers) {
        champion.ask(outcome -> {
            switch (outcome) {
                case InferenceResponse response -> {
                    answers.answered(dueNanos);
                    fork(response);
                }
                case InferenceFailure failure when failure.kind() == InferenceFailure.Kind.UNAVAILABLE ->
                    answers.refused(dueNanos);
                case InferenceFailure failure -> throw new IllegalStateException("not answered: " + failure);
            }
        });
    }

    private void fork(InferenceResponse response) {
        served.incrementAndGet();
        executor.execute(() -> shadow(response));
    }

    private void shadow(InferenceResponse response) {
        try {
            float[] theirs = challenger.run(subject.values());
            if (!subject.isAnsweredBy(theirs) || !subject.isAnsweredBy(champion.floats(response))) {
                differing.incrementAndGet();
            }
            compared.incrementAndGet();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void check() throws IOException {
        fork(champion.checked());
        if (differing.get() > 0) {
            throw new IOException(name + ": " + differing + " answers differ");
        }
    }

    @Override
    public double cpuSeconds() {
        return champion.cpuSeconds();
    }

    @Override
    public boolean inProcess() {
        return true;
    }

    @Override
    public Shadowed shadowed() {
        long done = compared.get();
        long lost = dropped.get();
        return new Shadowed(served.get(), done, lost == 0 ? Map.of() : Map.of("queue full", lost),
                served.get() - done - lost);
    }

    @Override
    public long residentBytes() throws IOException {
        return champion.residentBytes();
    }

    @Override
    public void close() throws IOException {
        executor.shutdownNow();
        try {
            if (executor.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                challenger.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (OrtException e) {
            throw new IOException(e);
        } finally {
            champion.close();
        }
    }
}
