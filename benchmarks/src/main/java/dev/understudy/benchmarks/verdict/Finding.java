package dev.understudy.benchmarks.verdict;

import java.util.List;
import java.util.Locale;

/// One row of the simulation table. Immutable.
///
/// @param trial    what was simulated
/// @param runs     how often
/// @param ours     what the verdict did: a share of the runs, or a median number of requests
/// @param least    what that must be at least
/// @param most     and at most
/// @param contrast what others do in the same runs, or what a reference found; empty for nothing
record Finding(String trial, int runs, double ours, double least, double most, String contrast) {
    /// A share of runs in which the verdict was wrong, which may exceed `alpha` by three standard errors of the simulation.
    static Finding error(String trial, int runs, long wrong, double alpha, String contrast) {
        return new Finding(trial, runs, (double) wrong / runs, 0, alpha + 3 * Math.sqrt(alpha * (1 - alpha) / runs),
                contrast);
    }

    /// A share of runs in which the verdict was right.
    static Finding right(String trial, int runs, long right, double least, String contrast) {
        return new Finding(trial, runs, (double) right / runs, least, 1, contrast);
    }

    /// A median number of requests, within 15% of a reference.
    static Finding median(String trial, int runs, double median, double reference) {
        return new Finding(trial, runs, median, 0.85 * reference, 1.15 * reference,
                "reference " + text(reference));
    }

    /// A share of runs in which something was decided, within 15% of a reference.
    static Finding decided(String trial, int runs, long decided, double reference) {
        return new Finding(trial, runs, (double) decided / runs, 0.85 * reference, Math.min(1, 1.15 * reference),
                "reference " + text(reference));
    }

    /// Something to know that nothing depends on.
    static Finding shown(String trial, int runs, double share, String contrast) {
        return new Finding(trial, runs, share, 0, Double.POSITIVE_INFINITY, contrast);
    }

    boolean met() {
        return ours >= least && ours <= most;
    }

    static String table(String heading, List<Finding> findings) {
        StringBuilder table = new StringBuilder("| " + heading
                + " | runs | ours | must lie in | met | for contrast |\n|---|---|---|---|---|---|\n");
        for (Finding finding : findings) {
            boolean open = finding.most == Double.POSITIVE_INFINITY;
            table.append("| ").append(finding.trial).append(" | ")
                    .append(String.format(Locale.ROOT, "%,d", finding.runs))
                    .append(" | **").append(text(finding.ours)).append("** | ")
                    .append(open ? "-" : text(finding.least) + " .. " + text(finding.most)).append(" | ")
                    .append(open ? "-" : finding.met() ? "yes" : "no").append(" | ").append(finding.contrast)
                    .append(" |\n");
        }
        return table.toString();
    }

    static String text(double value) {
        return String.format(Locale.ROOT, value >= 2 ? "%,.0f" : "%.4f", value);
    }
}
