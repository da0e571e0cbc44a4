package dev.understudy.diff;

import dev.understudy.ffm.kernel.FloatDiff;

/// How far one output of the challenger (b) lies from the champion's (a), over one request. Computed in double over
/// the pairs in which both are finite; the rest is in the two mask counts. Formulas: docs/metrics.md.
///
/// For integers, booleans and strings only `elements` and `unequal` say anything; the float metrics are 0, the cosine 1.
///
/// @param elements        elements of the tensor
/// @param unequal         elements that are not equal in value (NaN equals NaN, +0 equals -0)
/// @param nanMismatches   positions where exactly one of the two is NaN
/// @param infMismatches   positions without a NaN where an infinity does not meet the same infinity
/// @param maxAbs          largest |b-a|
/// @param maxRel          largest |b-a| / max(|a|, atol/rtol), the divisor at least the smallest normal FP32
/// @param meanAbs         mean of |b-a|
/// @param rmse            square root of the mean of (b-a)^2
/// @param cosine          a.b / (|a| |b|); 1 when both are zero, 0 when one is
/// @param maxUlp          largest distance in representable values of the datatype; a diagnosis, never a criterion
/// @param neededTolerance largest |b-a| / (atol + rtol*|a|); at most 1 means close
/// @param beyondTolerance elements beyond the tolerance, mask mismatches included
public record TensorMetrics(long elements, long unequal, long nanMismatches, long infMismatches, double maxAbs,
        double maxRel, double meanAbs, double rmse, double cosine, long maxUlp, double neededTolerance,
        long beyondTolerance) {
    /// The metrics of a floating-point output.
    static TensorMetrics of(FloatDiff diff) {
        double mean = diff.finite() == 0 ? 0 : diff.sumAbs() / diff.finite();
        double meanSquare = diff.finite() == 0 ? 0 : diff.sumSquares() / diff.finite();
        return new TensorMetrics(diff.elements(), diff.unequal(), diff.nanMismatches(), diff.infMismatches(),
                diff.maxAbs(), diff.maxRel(), mean, Math.sqrt(meanSquare), cosine(diff), diff.maxUlp(),
                diff.neededTolerance(), diff.beyondTolerance());
    }

    /// The metrics of an output of integers, booleans or strings.
    static TensorMetrics exact(long elements, long unequal) {
        return new TensorMetrics(elements, unequal, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
    }

    private static double cosine(FloatDiff diff) {
        if (diff.sumAbs() == 0) {
            return 1;
        }
        double cosine = diff.dot() / (Math.sqrt(diff.normA2()) * Math.sqrt(diff.normB2()));
        // Not a number when one is zero, or when squares leave the range of double at either end: nothing says they are
        // alike.
        return Double.isNaN(cosine) ? 0 : Math.clamp(cosine, -1, 1);
    }

    /// True when every NaN meets a NaN and every infinity the same infinity.
    public boolean masksMatch() {
        return nanMismatches == 0 && infMismatches == 0;
    }
}
