package dev.understudy.server.management;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/// Threads for calls that may block, with a bound on the calls that wait. Thread-safe.
final class BoundedWorkers {
    private final WorkerExecutor executor;
    private final int callsMax;
    private final AtomicInteger calls = new AtomicInteger();

    /// @param callsMax calls running and waiting; the next one is refused
    BoundedWorkers(Vertx vertx, String name, int threads, int callsMax) {
        this.executor = vertx.createSharedWorkerExecutor(name, threads);
        this.callsMax = callsMax;
    }

    /// Computes the answer on a worker; answers 503 at once when too many calls wait.
    Future<Answer> answer(Callable<Answer> call) {
        if (calls.incrementAndGet() > callsMax) {
            calls.decrementAndGet();
            return Future.succeededFuture(Answer.error(503, "too many management requests at once, try again"));
        }
        return executor.executeBlocking(call, false).onComplete(_ -> calls.decrementAndGet());
    }
}
