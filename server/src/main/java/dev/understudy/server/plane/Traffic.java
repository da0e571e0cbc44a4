package dev.understudy.server.plane;

/// What one event loop hands to the engine and gets back from it, each in groups.
public record Traffic(ArrivalRound arrivals, AnswerRound answers) {
    public Traffic() {
        this(new ArrivalRound(), new AnswerRound());
    }

    /// Runs one of a group. Whatever it throws is told of like any thread's fault, and does not keep the others waiting.
    static void run(Runnable one) {
        try {
            one.run();
        } catch (RuntimeException | Error e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }
}
