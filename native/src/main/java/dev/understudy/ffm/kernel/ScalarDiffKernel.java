package dev.understudy.ffm.kernel;

import java.lang.foreign.MemorySegment;

/// Thread-safe. The oracle: one element after the other, the formulas as they are written down.
final class ScalarDiffKernel implements FloatDiffKernel {
    static final ScalarDiffKernel INSTANCE = new ScalarDiffKernel();

    private ScalarDiffKernel() {}

    @Override
    public FloatDiff compare(FloatFormat format, MemorySegment a, MemorySegment b, long elements, double atol,
            double rtol) {
        Sums sums = new Sums(atol, rtol);
        sums.addRange(format, a, b, 0, elements);
        return sums.toDiff(elements);
    }
}
