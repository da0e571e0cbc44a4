package dev.understudy.diff;

/// How far one output of the challenger (b) lies from the champion's (a), over one request. Computed in double over
/// the pairs in which both are finite; the rest is in the two mask counts. Formulas: docs/metrics.md.
///
/// For integers, booleans and strings only `elements` and `unequal` say anything; the float metrics are 0, the cosine 1.
///
/// @param elements        elements of the tensor
/// @param unequal         elements that are not equal in value (NaN equals NaN, +0 equals -0)
/// @param nanMismatches   positions where exactly one of the two is NaN
/// @param infMismatches   positions where an infinity does not meet the same infinity
/// @param maxAbs          largest |b-a|
/// @param maxRel          largest |b-a| / max(|a|, atol/rtol)
/// @param meanAbs         mean of |b-a|
/// @param rmse            square root of the mean of (b-a)^2
/// @param cosine          a.b / (|a| |b|); 1 when both are zero, 0 when one is
/// @param maxUlp          largest distance in representable values of the datatype; a diagnosis, never a criterion
/// @param neededTolerance largest |b-a| / (atol + rtol*|a|); at most 1 means close
/// @param beyondTolerance elements beyond the tolerance, mask mismatches included
public record TensorMetrics(long elements, long unequal, long nanMismatches, long infMismatches, double maxAbs,
        double maxRel, double meanAbs, double rmse, double cosine, long maxUlp, double neededTolerance,
        long beyondTolerance) {}
