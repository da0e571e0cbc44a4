package dev.understudy.champion;

import dev.understudy.champion.ServingStatistics.Batches;
import dev.understudy.champion.ServingStatistics.Duration;
import dev.understudy.infer.Timings;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts what one champion serves. Thread-safe: requests are counted without a lock; runs take a short one of their own.
final class ServingRecorder {
    /// Sizes come from clients; a model has no more of them in earnest.
    private static final int SIZES_MAX = 1024;

    private final Total success = new Total();
    private final Total fail = new Total();
    private final Total queue = new Total();
    private final Total computeInput = new Total();
    private final Total computeInfer = new Total();
    private final Total computeOutput = new Total();
    /// Runs by batch size. Once there are [#SIZES_MAX], further sizes are gathered under the next power of two.
    private final TreeMap<Long, long[]> batches = new TreeMap<>();
    private final LongAdder rows = new LongAdder();
    private volatile long lastMillis;

    /// A request was answered.
    void answered(long requestNanos, Timings timings) {
        success.add(requestNanos);
        queue.add(timings.queueNanos());
        computeInput.add(timings.computeInputNanos());
        computeInfer.add(timings.computeInferNanos());
        computeOutput.add(timings.computeOutputNanos());
    }

    /// A request failed or was turned away.
    void failed(long requestNanos) {
        fail.add(requestNanos);
    }

    /// The model ran.
    ///
    /// @param batchRows rows of the run; 1 where the model has no dimension of rows
    void ran(Timings timings, long batchRows) {
        lastMillis = System.currentTimeMillis();
        rows.add(batchRows);
        synchronized (batches) {
            long[] sums = batches.size() < SIZES_MAX || batches.containsKey(batchRows)
                    ? batches.computeIfAbsent(batchRows, any -> new long[4])
                    : batches.computeIfAbsent(powerOfTwo(batchRows), any -> new long[4]);
            sums[0]++;
            sums[1] += timings.computeInputNanos();
            sums[2] += timings.computeInferNanos();
            sums[3] += timings.computeOutputNanos();
        }
    }

    /// The least that is not below `rows`; the greatest there is where none fits.
    private static long powerOfTwo(long rows) {
        return rows <= 1 ? 1 : rows > 1L << 62 ? Long.MAX_VALUE : Long.highestOneBit(rows - 1) << 1;
    }

    ServingStatistics snapshot(String model, String version, long pending) {
        List<Batches> sizes = new ArrayList<>();
        long runs = 0;
        synchronized (batches) {
            for (var entry : batches.entrySet()) {
                long[] sums = entry.getValue();
                runs += sums[0];
                sizes.add(new Batches(entry.getKey(), new Duration(sums[0], sums[1]), new Duration(sums[0], sums[2]),
                        new Duration(sums[0], sums[3])));
            }
        }
        return new ServingStatistics(model, version, lastMillis, rows.sum(), runs, success.get(), fail.get(),
                queue.get(),
                computeInput.get(), computeInfer.get(), computeOutput.get(), sizes, pending);
    }

    /// A count and a sum of nanoseconds.
    private static final class Total {
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        void add(long durationNanos) {
            count.increment();
            nanos.add(durationNanos);
        }

        Duration get() {
            return new Duration(count.sum(), nanos.sum());
        }
    }
}
