package dev.understudy.shadow;

import dev.understudy.infer.InferenceResponse;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.Observation;
import java.util.ArrayList;
import java.util.List;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/// What a line has not run, for the evidence: whether what was shed differs from what was compared, and what the challenger
/// cannot take, which counts against it. Many producers, champions' threads among
/// them, so lock-free and bounded; one consumer. What comes when it is full is left out: it is a sample.
final class ShedSample {
    /// Between two drains, about a second apart.
    private static final int KEPT_MAX = 1024;

    private final MessagePassingQueue<Dropped> queue = new MpscAtomicArrayQueue<>(KEPT_MAX);

    /// What is kept of a request; not its tensors.
    private record Dropped(@Nullable String segment, long championNanos, boolean refused) {
        Observation observation(PairEvaluation evaluation, long minute) {
            String name = evaluation.segments().of(segment);
            return refused
                    ? new Observation.Failed(minute, name, championNanos >= 0, FailureReason.INCOMPATIBLE)
                    : new Observation.Shed(minute, name, championNanos);
        }
    }

    /// A request was shed, or cannot be taken. Never blocks.
    void add(Mirrored mirrored, boolean refused) {
        boolean unused = queue.offer(new Dropped(mirrored.request().segment(),
                mirrored.champion() instanceof InferenceResponse response
                        ? response.timings().computeInferNanos()
                        : -1,
                refused));
    }

    /// Gives what has come to the evidence.
    void drainTo(PairEvaluation evaluation, long minute) {
        List<Observation> dropped = new ArrayList<>();
        for (int i = 0; i < KEPT_MAX; i++) {
            Dropped next = queue.poll();
            if (next == null) {
                break;
            }
            dropped.add(next.observation(evaluation, minute));
        }
        if (!dropped.isEmpty()) {
            evaluation.observe(dropped);
        }
    }
}
