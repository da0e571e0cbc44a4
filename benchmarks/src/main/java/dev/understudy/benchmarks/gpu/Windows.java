package dev.understudy.benchmarks.gpu;

import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.Rounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/// The windows of all modes under one load, by round. A mode is compared with the windows of the same rounds in which nobody
/// shadowed, of which each round has two. Not thread-safe; owned by the thread that measures.
final class Windows {
    /// Nobody shadows.
    static final String OFF = "off";
    /// Nobody shadows either: how much two measurements of one thing differ.
    static final String AGAIN = "off, again";

    private final Map<String, List<Window>> windows = new LinkedHashMap<>();

    void add(String mode, Window window) {
        windows.computeIfAbsent(mode, _ -> new ArrayList<>()).add(window);
    }

    /// Rounds that are complete.
    int rounds() {
        return windows.values().stream().mapToInt(List::size).min().orElse(0);
    }

    /// A Markdown table, a row a mode. Ratios are of all rounds together, with the least and the most of a single round.
    ///
    /// @param achieved the isolation each mode came to
    String table(Map<String, String> achieved) {
        StringBuilder table = new StringBuilder(
                """
                        | challenger | achieved | champion p50 ms | p99 ms | p50 / off | p99 / off | answers/s | refused | coverage \
                        | lost | device ms a request served | a request compared | cost of shadowing | rows a run, champion \
                        | challenger |
                        |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
                        """);
        achieved.forEach((mode, level) -> row(table, mode, level));
        return table.toString();
    }

    private void row(StringBuilder table, String mode, String level) {
        List<Window> mine = of(mode);
        Histogram latency = all(mine);
        Reading done = mine.stream().map(Window::done).reduce(Reading::plus).orElseThrow();
        long refused = mine.stream().mapToLong(window -> window.outcome().refused().getTotalCount()).sum();
        double good = mine.stream().mapToDouble(window -> window.outcome().goodPerSecond()).average().orElseThrow();
        boolean shadows = done.shadowed().served() > 0;
        cell(table.append("| ").append(mode), level);
        cell(table, millis(latency, 50));
        cell(table, millis(latency, 99));
        cell(table, ratio(mode, 50));
        cell(table, ratio(mode, 99));
        cell(table, Mark.text(good));
        cell(table, Long.toString(refused));
        cell(table, shadows ? Mark.text((double) done.shadowed().compared() / done.shadowed().served()) : "");
        cell(table, shadows ? lost(done) : "");
        cell(table, number(done.servedMillis()));
        cell(table, shadows ? number(done.comparedMillis()) : "");
        cell(table, shadows ? number(done.comparedMillis() / done.servedMillis()) : "");
        cell(table, number((double) done.championRows() / done.championRuns()));
        cell(table, shadows ? number((double) done.shadowed().compared() / done.challengerRuns()) : "");
        table.append(" |\n");
    }

    private static void cell(StringBuilder table, String text) {
        table.append(" | ").append(text);
    }

    private List<Window> of(String mode) {
        return windows.getOrDefault(mode, List.of()).subList(0, rounds());
    }

    private String ratio(String mode, double percentile) {
        List<Window> mine = of(mode);
        if (mode.equals(OFF)) {
            return "1";
        }
        double[] byRound = IntStream.range(0, mine.size())
                .mapToDouble(round -> ratio(all(mine.subList(round, round + 1)),
                        baseline(mode, round, round + 1), percentile))
                .toArray();
        Rounds spread = new Rounds(byRound);
        return "**" + Mark.text(ratio(all(mine), baseline(mode, 0, mine.size()), percentile)) + "** ("
                + Mark.text(spread.least()) + " .. " + Mark.text(spread.most()) + ")";
    }

    /// Nobody's shadow in these rounds: both windows of each, but where the second is itself compared.
    private Histogram baseline(String mode, int from, int to) {
        Histogram alone = all(of(OFF).subList(from, to));
        if (!mode.equals(AGAIN)) {
            alone.add(all(of(AGAIN).subList(from, to)));
        }
        return alone;
    }

    private static Histogram all(List<Window> windows) {
        Histogram sum = windows.getFirst().outcome().answered().copy();
        windows.stream().skip(1).forEach(window -> sum.add(window.outcome().answered()));
        return sum;
    }

    private static double ratio(Histogram mine, Histogram alone, double percentile) {
        return (double) mine.getValueAtPercentile(percentile) / alone.getValueAtPercentile(percentile);
    }

    private static String millis(Histogram nanos, double percentile) {
        return Mark.text(nanos.getValueAtPercentile(percentile) / (double) TimeUnit.MILLISECONDS.toNanos(1));
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Mark.text(value) : "";
    }

    private static String lost(Reading done) {
        StringBuilder text = new StringBuilder();
        done.shadowed().lost().forEach((reason, count) -> text.append(text.isEmpty() ? "" : ", ").append(reason)
                .append(' ').append(count));
        return text.isEmpty() ? "none" : text.toString();
    }

    /// How late requests were sent, at a percentile, in milliseconds.
    String late(double percentile) {
        Histogram late = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        windows.values().forEach(each -> each.forEach(window -> late.add(window.outcome().late())));
        return millis(late, percentile);
    }
}
