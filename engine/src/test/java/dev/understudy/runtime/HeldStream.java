package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaStream;
import dev.understudy.ffm.cuda.PinnedMemory;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A challenger whose stream is held by a gate, with a run enqueued behind it, while a champion runs: what the champion does
/// meanwhile, it does without waiting for the challenger. Not thread-safe; owned by its test.
final class HeldStream {
    private static final VarHandle WORD = ValueLayout.JAVA_INT.varHandle();
    private static final int RUNS = 500;
    private static final long PATIENCE_SECONDS = 60;

    private final Lane champion;
    private final CudaLane challenger;
    private final BlockingQueue<CudaStream> streams = new LinkedBlockingQueue<>();
    private final CountDownLatch warm = new CountDownLatch(1);
    private final CountDownLatch held = new CountDownLatch(1);

    /// @param champion the lane under test, on the same GPU
    HeldStream(Lane champion, CudaContext context) {
        this.champion = champion;
        this.challenger = new CudaLane("challenger", context, CudaSettings.DEFAULT, () -> {
            CudaStream stream = context.createStream(0);
            streams.add(stream);
            return stream;
        }, 0, note -> {});
    }

    /// Fails where the champion waits for the challenger.
    void championGoesOn(CudaContext context, Path model, List<Tensor> inputs) throws Exception {
        try (PinnedMemory gate = context.allocatePinned(Integer.BYTES)) {
            WORD.setRelease(gate.segment(), 0L, 0);
            FutureTask<Integer> behind = new FutureTask<>(() -> runBehind(gate, model, inputs));
            FutureTask<Integer> free = new FutureTask<>(() -> runFreely(behind, model, inputs));
            try {
                champion.start("test", free);
                challenger.start("test", behind);
                assertEquals(RUNS, free.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
                assertFalse(behind.isDone(), "the challenger's run ended behind a closed gate");
            } finally {
                WORD.setRelease(gate.segment(), 0L, 1);
                behind.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private int runBehind(PinnedMemory gate, Path model, List<Tensor> inputs) throws Exception {
        try (OrtInstance instance = challenger.load("held", model, 1, TensorDeclarations.NONE)) {
            Trial.run(instance, List.of());
            instance.runAlone(inputs);
            // Loading and first runs may wait for the whole device, on either side.
            warm.await();
            streams.take().awaitValue(gate, 1);
            held.countDown();
            return instance.runAlone(inputs).size();
        } finally {
            held.countDown();
        }
    }

    /// How many runs ended before the challenger's did.
    private int runFreely(FutureTask<?> challengers, Path model, List<Tensor> inputs) throws Exception {
        try (OrtInstance instance = champion.load("free", model, 1, TensorDeclarations.NONE)) {
            Trial.run(instance, List.of());
            List<String> answer = InstanceStage.bytes(instance.runAlone(inputs));
            warm.countDown();
            held.await();
            int runs = 0;
            while (runs < RUNS && !challengers.isDone()) {
                assertEquals(answer, InstanceStage.bytes(instance.runAlone(inputs)));
                runs++;
            }
            return runs;
        } finally {
            warm.countDown();
        }
    }
}
