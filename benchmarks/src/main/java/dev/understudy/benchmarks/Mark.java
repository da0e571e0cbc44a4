package dev.understudy.benchmarks;

import java.util.List;
import java.util.Locale;

/// One number the project holds itself to, measured once a round. Immutable.
///
/// @param what   what is measured, for the table
/// @param rounds one value a round
/// @param bound  whether more or less is better, and what the mark and the aim are
public record Mark(String what, Rounds rounds, Bound bound) {
    /// What a mark asks for.
    ///
    /// @param atLeast    more is better
    /// @param everyRound each round has to meet the mark, and not only their median
    /// @param needed     the mark
    /// @param aim        what would be good; equal to the mark where nothing more is asked for
    /// @param unit       behind each number, a leading space included
    public record Bound(boolean atLeast, boolean everyRound, double needed, double aim, String unit) {
        public static Bound atLeast(double needed, double aim) {
            return new Bound(true, false, needed, aim, "");
        }

        public static Bound atMost(double needed) {
            return atMost(needed, needed);
        }

        public static Bound atMost(double needed, double aim) {
            return new Bound(false, false, needed, aim, "");
        }

        /// For what must never happen: one bad round is not made good by the others.
        public static Bound atMostInEveryRound(double needed) {
            return new Bound(false, true, needed, needed, "");
        }

        public static Bound atMostMillis(double needed) {
            return new Bound(false, false, needed, needed, " ms");
        }

        static Bound atMostMicros(double needed) {
            return new Bound(false, false, needed, needed, " us");
        }
    }

    public boolean met() {
        double worst = bound.atLeast ? rounds.least() : rounds.most();
        double judged = bound.everyRound ? worst : rounds.median();
        return bound.atLeast ? judged >= bound.needed : judged <= bound.needed;
    }

    /// A Markdown table of marks.
    public static String table(List<Mark> marks) {
        StringBuilder table = new StringBuilder(
                "| Mark | needed | aim | median | least | most | rounds | met |\n|---|---|---|---|---|---|---|---|\n");
        for (Mark mark : marks) {
            Bound bound = mark.bound;
            String sign = bound.atLeast ? ">= " : "<= ";
            String unit = bound.unit;
            table.append("| ").append(mark.what).append(" | ").append(sign).append(text(bound.needed)).append(unit)
                    .append(bound.everyRound ? " in every round | " : " | ").append(text(bound.aim)).append(unit)
                    .append(" | **").append(text(mark.rounds.median())).append(unit).append("** | ")
                    .append(text(mark.rounds.least())).append(" | ").append(text(mark.rounds.most())).append(" | ")
                    .append(mark.rounds.count()).append(" | ").append(mark.met() ? "yes" : "no").append(" |\n");
        }
        return table.toString();
    }

    /// Three digits or so.
    public static String text(double value) {
        double size = Math.abs(value);
        String format = size >= 1000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
