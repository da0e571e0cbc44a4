package dev.understudy.shadow;

import dev.understudy.infer.InferenceResponse;
import dev.understudy.verdict.Observation;
import java.util.ArrayList;
import java.util.List;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/// What a line has shed, for the evidence: whether it differs from what was compared. Many producers, champions' threads
/// among them, so lock-free and bounded; one consumer. What comes when it is full is left out: it is a sample.
final class ShedSample {
    /// Between two drains, about a second apart.
    private static final int KEPT_MAX = 1024;

    private final MessagePassingQueue<Dropped> queue = new MpscAtomicArrayQueue<>(KEPT_MAX);

    /// What is kept of a request; not its tensors.
    private record Dropped(@Nullable String segment, long championNanos) {
        Observation observation(PairEvaluation evaluation, long minute) {
            return new Observation.Shed(minute, evaluation.segments().of(segment), championNanos);
        }
    }

    /// A request was shed. Never blocks.
    void add(Mirrored mirrored) {
        boolean unused = queue.offer(new Dropped(mirrored.request().segment(),
                mirrored.champion() instanceof InferenceResponse response
                        ? response.timings().computeInferNanos()
                        : -1));
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
