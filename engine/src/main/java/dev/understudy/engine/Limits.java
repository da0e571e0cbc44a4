package dev.understudy.engine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// Every bound of the engine in one place, printed at start. Past a bound the shadow side sheds and counts; the
/// champion side answers 503.
///
/// @param requestBytesMax         one request's body; larger is refused with 413
/// @param admissionBytesMax       memory held by requests waiting for one champion; past it 503
/// @param modelMemoryBytesMax     resident memory one model may take in probation
/// @param shadowQueueRowsMax      rows waiting for one challenger; a request without rows counts as one
/// @param shadowQueueBytesMax     memory those requests and their answers may hold on the heap
/// @param shadowBytesMax          the same for all challengers together; each may hold as much as is left for the others
/// @param shadowAgeMax            a mirrored request older than this is stale: its comparison would describe the past
/// @param shadowBatchRowsMax      rows of one challenger run: batched for efficiency, not for latency
/// @param shadowBatchDelayMax     how long a challenger waits for a fuller batch
/// @param shadowBatchTimeMax      what one paced challenger run should take: it overlaps with whatever the champion is asked
///                                meanwhile, so its rows are chosen by it
/// @param challengerRunMax        a challenger run longer than this is cancelled and counted as a timeout
/// @param comparerQueueRunsMax    finished challenger runs waiting for the comparer; the challenger waits beyond
/// @param challengersMax          challengers shadowed at once, over all models
/// @param probationMax            one model's stay in the probation process before it is given up
/// @param drainMax                how long a stopping server waits for requests it has admitted
/// @param journalRowsMax          raw comparisons kept
/// @param answersMax              requests whose answers are held until their label comes; bounds how late a label may be
/// @param capturesMax             most different requests kept with their tensors, per challenger
/// @param captureSampleMax        size of the uniform sample kept with its tensors, per challenger
/// @param captureBytesMax         bytes of captured tensors kept per challenger and kind
/// @param objectBytesMax          model copies without a role that are kept
/// @param secondSessionsBytesMax  bytes of model files loaded once more for latency probes and second runs, over all models:
///                                such sessions are the first to do without
public record Limits(long requestBytesMax, long admissionBytesMax, long modelMemoryBytesMax, int shadowQueueRowsMax,
        long shadowQueueBytesMax, long shadowBytesMax,
        Duration shadowAgeMax, int shadowBatchRowsMax, Duration shadowBatchDelayMax, Duration shadowBatchTimeMax,
        Duration challengerRunMax,
        int comparerQueueRunsMax, int challengersMax, Duration probationMax, Duration drainMax, long journalRowsMax,
        long answersMax, int capturesMax, int captureSampleMax, long captureBytesMax, long objectBytesMax,
        long secondSessionsBytesMax) {
    private static final long MIB = 1024 * 1024;

    public static final Limits DEFAULT = new Limits(64 * MIB, 256 * MIB, 4096 * MIB, 4096, 64 * MIB, 256 * MIB,
            Duration.ofSeconds(10), 32,
            Duration.ofMillis(50), Duration.ofMillis(2), Duration.ofSeconds(10), 4, 16, Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            200_000, 1_000_000, 50, 1000, 16 * MIB, 2048 * MIB, 1024 * MIB);

    /// Name and value of each, in order, for the line printed at start.
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (var component : Limits.class.getRecordComponents()) {
            try {
                map.put(component.getName(), component.getAccessor().invoke(this));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return map;
    }
}
