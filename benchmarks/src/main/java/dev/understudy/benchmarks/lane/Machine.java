package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/// What the processors have done so far, to show how quiet a measurement was. Immutable.
///
/// @param totalTicks  of all processors, since boot
/// @param idleTicks   of those, with nothing to do
/// @param stolenTicks of those, given to others by the hypervisor
/// @param ownNanos    processor time of this process and those it started
public record Machine(long totalTicks, long idleTicks, long stolenTicks, long ownNanos) {
    private static final Path STAT = Path.of("/proc/stat");
    private static final int IDLE = 3;
    private static final int WAITING = 4;
    private static final int STOLEN = 7;
    /// Fields behind these repeat what the first ones counted.
    private static final int FIELDS = 8;

    /// As the system counts it now.
    public static Machine now() throws IOException {
        long own = Stream.concat(Stream.of(ProcessHandle.current()), ProcessHandle.current().descendants())
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO)).mapToLong(Duration::toNanos)
                .sum();
        if (!Files.exists(STAT)) {
            return new Machine(0, 0, 0, own);
        }
        long[] ticks = Stream.of(Files.readAllLines(STAT).getFirst().split(" +", -1)).skip(1)
                .mapToLong(Long::parseLong).limit(FIELDS).toArray();
        long total = 0;
        for (long tick : ticks) {
            total += tick;
        }
        return new Machine(total, ticks[IDLE] + ticks[WAITING], ticks[STOLEN], own);
    }

    /// What took processor time since `earlier` and was not this process or its children, as a sentence.
    public String disturbance(Machine earlier, long elapsedNanos) {
        double total = totalTicks - earlier.totalTicks;
        if (total <= 0) {
            return "how busy the machine was with other things is not known";
        }
        double stolen = (stolenTicks - earlier.stolenTicks) / total;
        double busy = 1 - (idleTicks - earlier.idleTicks) / total - stolen;
        double own = (ownNanos - earlier.ownNanos)
                / ((double) elapsedNanos * Runtime.getRuntime().availableProcessors());
        return String.format(Locale.ROOT,
                "other programs took %.1f%% of the processors' time meanwhile, the hypervisor %.1f%%",
                100 * Math.max(0, busy - own), 100 * stolen);
    }
}
