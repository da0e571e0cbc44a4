package dev.understudy.diff;

import dev.understudy.diff.OutputComparator.Close;
import dev.understudy.tensor.DataType;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/// By how much one floating-point output of a champion differs from itself. Immutable.
///
/// @param needed the tolerance that each second run needed, in default tolerances of the datatype ([Tolerance#of]), in rising
///               order; infinite where shapes, NaN or infinities did not meet
public record OutputNoise(String output, DataType datatype, List<Double> needed) {
    /// The tolerance offered holds this much more than what nearly all pairs needed.
    private static final double MARGIN = 2;
    private static final double NEARLY_ALL = 0.999;

    public OutputNoise {
        needed = needed.stream().sorted().toList();
    }

    /// The least tolerance that at least this share of the pairs keeps; 0 without pairs.
    ///
    /// @param share above 0, at most 1
    public double quantile(double share) {
        int rank = (int) Math.ceil(share * needed.size());
        return needed.isEmpty() ? 0 : needed.get(Math.clamp(rank, 1, needed.size()) - 1);
    }

    public double median() {
        return quantile(0.5);
    }

    /// What 99.9% of the pairs keep. Of 500 that is the largest.
    public double nearlyAll() {
        return quantile(NEARLY_ALL);
    }

    /// The rule that the noise suggests: twice [#nearlyAll], and never less than the datatype's default. Empty where no
    /// tolerance covers the noise.
    public Optional<Close> offer() {
        double times = MARGIN * nearlyAll();
        if (times <= 1) {
            return Optional.of(Close.DEFAULT);
        }
        Tolerance usual = Tolerance.of(datatype);
        double atol = product(times, usual.atol());
        double rtol = product(times, usual.rtol());
        return Tolerance.isPart(atol) && Tolerance.isPart(rtol)
                ? Optional.of(new Close(atol, rtol, 1))
                : Optional.empty();
    }

    /// In decimals, so that three digits stay three digits for whoever reads them.
    private static double product(double times, double part) {
        return Double.isInfinite(times)
                ? times
                : BigDecimal.valueOf(times).multiply(BigDecimal.valueOf(part)).doubleValue();
    }
}
