package dev.understudy.engine;

import dev.understudy.runtime.ResidentMemory;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.verdict.Observation;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.WeakHashMap;

/// Gives the evidence of an evaluation a sample of this process's memory each minute, when its criteria ask for that. Not
/// thread-safe; owned by the verdicts' thread.
///
/// Each life of the process is a series of its own, since one that starts anew starts small, which no growth makes good. It is
/// named after the ten minutes it started in, so that a server that restarts over and over makes no more series than it
/// would make intervals of one.
///
/// A sample is of the whole process, champion and all other challengers included: what a leak of one of them does to the
/// machine, whoever's it is.
final class MemorySamples {
    private static final long LIFE_SECONDS = 600;

    private final String life;
    private final Map<PairEvaluation, Long> sampled = new WeakHashMap<>();

    /// @param started when the process did
    MemorySamples(Instant started) {
        life = life(started);
    }

    static String life(Instant started) {
        return Instant.ofEpochSecond(Math.floorDiv(started.getEpochSecond(), LIFE_SECONDS) * LIFE_SECONDS).toString();
    }

    void sample(PairEvaluation evaluation, long minute) {
        if (!evaluation.terms().criteria().asksForMemory() || sampled.getOrDefault(evaluation, -1L) == minute) {
            return;
        }
        OptionalLong bytes = ResidentMemory.bytes();
        if (bytes.isPresent()) {
            sampled.put(evaluation, minute);
            evaluation.observe(new Observation.Memory(minute, life, bytes.getAsLong()));
        }
    }
}
