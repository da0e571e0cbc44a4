package dev.understudy.diff;

import java.util.List;

/// How a challenger's answer to one request differs from the champion's. Immutable.
///
/// @param outputs one entry an output of the champion, in the champion's order, ignored outputs left out
public record Difference(List<OutputDifference> outputs) {
    public Difference {
        outputs = List.copyOf(outputs);
    }

    /// True when every compared output agrees.
    public boolean agrees() {
        for (OutputDifference output : outputs) {
            if (!output.agrees()) {
                return false;
            }
        }
        return true;
    }

    /// The largest severity among the outputs, 0 without outputs.
    public double severity() {
        double worst = 0;
        for (OutputDifference output : outputs) {
            worst = Math.max(worst, output.severity());
        }
        return worst;
    }

    /// What is most telling about it, in a sentence: of the output that differs most, the flipped answer, the numbers that
    /// are beyond the tolerance, or what could not be compared.
    public String why() {
        OutputDifference worst = null;
        for (OutputDifference output : outputs) {
            if (worst == null || (worst.agrees() && !output.agrees())
                    || (worst.agrees() == output.agrees() && output.severity() > worst.severity())) {
                worst = output;
            }
        }
        return worst == null ? "nothing was compared" : worst.output() + ": " + worst.why();
    }
}
