package dev.understudy.server.plane;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/// The answers that one event loop has still to send, sent by one of its tasks for as long as there are any. Thread-safe:
/// champions' threads add, the event loop sends.
///
/// With a task for each, the loop, which is as quick as the thread that hands them over, would send an answer, flush
/// it, and sleep until the next of the same batch. In one task the others gather while the first is written, and what is
/// flushed behind the task leaves together.
public final class AnswerRound {
    /// After so many the loop looks at its connections again.
    static final int ANSWERS_MAX = 64;

    private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean asked = new AtomicBoolean();

    /// Takes what sends an answer.
    ///
    /// @param loop the event loop
    public void add(Runnable answer, Executor loop) {
        answers.add(answer);
        ask(loop);
    }

    private void ask(Executor loop) {
        if (!asked.get() && asked.compareAndSet(false, true)) {
            try {
                loop.execute(() -> send(loop));
            } catch (RuntimeException | Error e) {
                // Else nobody would ever ask again.
                asked.set(false);
                throw e;
            }
        }
    }

    private void send(Executor loop) {
        Runnable next = answers.poll();
        for (int sent = 1; next != null; sent++) {
            Traffic.run(next);
            next = sent < ANSWERS_MAX ? answers.poll() : null;
        }
        // From here on whoever adds asks again; what was added before is seen below.
        asked.set(false);
        if (!answers.isEmpty()) {
            ask(loop);
        }
    }
}
