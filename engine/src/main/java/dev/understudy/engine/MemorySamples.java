package dev.understudy.engine;

import dev.understudy.runtime.ResidentMemory;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.verdict.Observation;
import java.util.Map;
import java.util.OptionalLong;
import java.util.WeakHashMap;

/// Gives the evidence of an evaluation a sample of this process's memory each minute, when its criteria ask for that. Not
/// thread-safe; owned by the verdicts' thread.
///
/// A sample is of the whole process, champion and all other challengers included: what a leak of one of them does to the
/// machine, whoever's it is.
final class MemorySamples {
    private final Map<PairEvaluation, Long> sampled = new WeakHashMap<>();

    void sample(PairEvaluation evaluation, long minute) {
        if (!evaluation.terms().criteria().asksForMemory() || sampled.getOrDefault(evaluation, -1L) == minute) {
            return;
        }
        OptionalLong bytes = ResidentMemory.bytes();
        if (bytes.isPresent()) {
            sampled.put(evaluation, minute);
            evaluation.observe(new Observation.Memory(minute, null, bytes.getAsLong()));
        }
    }
}
