package dev.understudy.ffm.kernel;

/// What one pass over two runs of floating-point elements found, a being the reference. Immutable.
///
/// "Finite pairs" are the positions where both elements are finite; everything but the counts of mismatches and
/// [#unequal] is over them alone. `d` is `|b-a|` and `t` is `atol + rtol*|a|`, all in double.
///
/// @param elements        pairs looked at
/// @param finite          finite pairs
/// @param unequal         pairs that differ in value (NaN equals NaN, +0 equals -0)
/// @param nanMismatches   positions where exactly one of the two is NaN
/// @param infMismatches   positions without a NaN where an infinity does not meet the same infinity
/// @param maxAbs          largest d
/// @param sumAbs          sum of d
/// @param sumSquares      sum of d*d
/// @param maxRel          largest `d / max(|a|, floor)`; floor is `atol/rtol`, at least the smallest normal FP32
/// @param dot             sum of a*b
/// @param normA2          sum of a*a
/// @param normB2          sum of b*b
/// @param maxUlp          largest distance in representable values of the format, at most `Long.MAX_VALUE`
/// @param neededTolerance largest d/t; infinite where t is 0 and d is not
/// @param beyondTolerance finite pairs with d above t, plus both kinds of mismatch
public record FloatDiff(long elements, long finite, long unequal, long nanMismatches, long infMismatches, double maxAbs,
        double sumAbs, double sumSquares, double maxRel, double dot, double normA2, double normB2, long maxUlp,
        double neededTolerance, long beyondTolerance) {}
