package dev.understudy.diff;

import dev.understudy.tensor.DataType;

/// How far a challenger's number b may lie from the champion's a and still be close: `|b-a| <= atol + rtol*|a|`.
/// Immutable.
///
/// @param atol absolute part, in the output's own unit, 0 to [#LIMIT]
/// @param rtol relative part, 0 to [#LIMIT]
public record Tolerance(double atol, double rtol) {
    /// The largest value of either part.
    public static final double LIMIT = 1e100;

    /// @throws IllegalArgumentException when a part is NaN, negative or above [#LIMIT]
    public Tolerance {
        if (!isPart(atol) || !isPart(rtol)) {
            throw new IllegalArgumentException("a tolerance is 0 to 1e100: atol=" + atol + " rtol=" + rtol);
        }
    }

    static boolean isPart(double value) {
        return value >= 0 && value <= LIMIT;
    }

    /// The tolerance of a datatype for which nothing is declared: that of ONNX Runtime's own tests for
    /// floating-point numbers, none for the rest.
    public static Tolerance of(DataType datatype) {
        return switch (datatype) {
            case FP64 -> new Tolerance(1e-5, 1e-5);
            case FP32 -> new Tolerance(1e-5, 1e-4);
            case FP16 -> new Tolerance(2.5e-3, 1e-3);
            case BF16 -> new Tolerance(2e-2, 1e-2);
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BYTES -> new Tolerance(0, 0);
        };
    }
}
