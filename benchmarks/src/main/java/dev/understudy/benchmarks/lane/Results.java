package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.Rounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/// The turns of all sides, by round. Not thread-safe; owned by the thread that measures.
final class Results {
    private final Map<String, List<Turn>> turns = new LinkedHashMap<>();
    private final Map<String, String> baselines = new LinkedHashMap<>();

    void add(Side side, Turn turn) {
        baselines.put(side.name(), side.baseline());
        turns.computeIfAbsent(side.name(), _ -> new ArrayList<>()).add(turn);
    }

    boolean has(String side) {
        return turns.containsKey(side);
    }

    List<Turn> of(String side) {
        return turns.getOrDefault(side, List.of());
    }

    /// One value a round.
    Rounds rounds(String side, ToDoubleFunction<Turn> value) {
        return new Rounds(of(side).stream().mapToDouble(value).toArray());
    }

    /// One value a round, of a side and its baseline in the same round.
    Rounds beside(String side, ToDoubleBiFunction<Turn, Turn> value) {
        List<Turn> mine = of(side);
        List<Turn> alone = of(baselines.getOrDefault(side, side));
        double[] values = new double[mine.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value.applyAsDouble(mine.get(i), alone.get(i));
        }
        return new Rounds(values);
    }

    /// A side's percentile over its baseline's.
    Rounds ratio(String side, double percentile) {
        return beside(side, (mine, alone) -> mine.millis(percentile) / alone.millis(percentile));
    }

    /// Processor time of shadowing one request over that of serving one.
    Rounds processorCost(String side) {
        return beside(side, (mine, alone) -> mine.shadowMillis(alone) / alone.servingMillis());
    }

    /// Everything that became of mirrored requests, over all rounds.
    Shadowed shadowed(String side) {
        return of(side).stream().map(Turn::shadowed).reduce(Shadowed.NONE, Shadowed::plus);
    }

    /// A Markdown table, a row a side.
    String table(List<Side> sides) {
        StringBuilder table = new StringBuilder("""
                | | champion p50 ms | p99 ms | p99.9 ms | p50 ratio | p99 ratio | answers/s | coverage | lost \
                | cost of shadowing | CPU ms a comparison | CPU cost |
                |---|---|---|---|---|---|---|---|---|---|---|---|
                """);
        for (String side : sides.stream().map(Side::name).toList()) {
            boolean shadows = shadowed(side).served() > 0;
            table.append("| ").append(side)
                    .append(" | ").append(rounds(side, turn -> turn.millis(50)))
                    .append(" | ").append(rounds(side, turn -> turn.millis(99)))
                    .append(" | ").append(rounds(side, turn -> turn.millis(99.9)))
                    .append(" | ").append(ratio(side, 50))
                    .append(" | ").append(ratio(side, 99))
                    .append(" | ").append(Mark.text(rounds(side, Turn::goodPerSecond).median()))
                    .append(" | ").append(shadows ? rounds(side, Turn::coverage) : "")
                    .append(" | ").append(shadows ? lost(side) : "")
                    .append(" | ").append(shadows && knowsDevice(side) ? rounds(side, Turn::deviceCost) : "")
                    .append(" | ").append(shadows ? beside(side, Turn::shadowMillis) : "")
                    .append(" | ").append(shadows ? processorCost(side) : "").append(" |\n");
        }
        return table.toString();
    }

    private boolean knowsDevice(String side) {
        return of(side).stream().allMatch(turn -> turn.device().isKnown());
    }

    private String lost(String side) {
        StringBuilder text = new StringBuilder();
        shadowed(side).lost().forEach((reason, count) -> text.append(text.isEmpty() ? "" : ", ").append(reason)
                .append(' ').append(count));
        return text.isEmpty() ? "none" : text.toString();
    }
}
