package dev.understudy.batch;

import java.util.Arrays;

/// How long a model's runs take by their rows, as measured, and the rows that suit a budget of time. Clock-free. Not
/// thread-safe; owned by its line's thread.
///
/// Times are kept for powers of two. A run of the lowest priority is interrupted now and then, which makes it look longer and
/// never shorter, so an estimate falls fast and rises slowly.
public final class RunTimes {
    private static final double WEIGHT_WHEN_FASTER = 0.5;
    private static final double WEIGHT_WHEN_SLOWER = 0.05;
    private static final double UNKNOWN = 0;

    private final long rowsMax;
    private final double[] nanosBySize;

    /// @param rowsMax rows of one run at most
    public RunTimes(long rowsMax) {
        if (rowsMax < 1) {
            throw new IllegalArgumentException("rowsMax=" + rowsMax);
        }
        this.rowsMax = rowsMax;
        this.nanosBySize = new double[size(rowsMax) + 1];
        Arrays.fill(nanosBySize, UNKNOWN);
    }

    /// The least power of two that holds so many rows, as its exponent.
    private static int size(long rows) {
        return Long.SIZE - Long.numberOfLeadingZeros(rows - 1);
    }

    private long rows(int size) {
        return Math.min(1L << size, rowsMax);
    }

    /// A run of so many rows took so long. Runs of more rows than the largest teach nothing.
    public void ran(long rows, long nanos) {
        if (rows < 1 || rows > rowsMax) {
            return;
        }
        int size = size(rows);
        // As if every row took its share: too much where a fixed part is large, which errs towards smaller runs.
        double measured = (double) nanos * rows(size) / rows;
        double known = nanosBySize[size];
        double weight = known == UNKNOWN ? 1 : measured < known ? WEIGHT_WHEN_FASTER : WEIGHT_WHEN_SLOWER;
        nanosBySize[size] = known + weight * (measured - known);
    }

    /// The most rows, a power of two or the largest allowed, whose run is expected to take no longer than this; at least 1.
    public long rowsWithin(long budgetNanos) {
        int best = 0;
        double expected = UNKNOWN;
        for (int size = 0; size < nanosBySize.length; size++) {
            // A size never run takes at most twice the one below it.
            expected = nanosBySize[size] != UNKNOWN ? nanosBySize[size] : 2 * expected;
            if (expected != UNKNOWN && expected <= budgetNanos) {
                best = size;
            }
        }
        return rows(best);
    }
}
