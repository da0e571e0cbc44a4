package dev.understudy.benchmarks;

import dev.understudy.benchmarks.Mark.Bound;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs the benchmarks behind the marks of the engine, the diff kernel and the verdict and prints the marks as a table. All benchmarks
/// of a mark run once a round, each in a JVM of its own with this one's options, and a mark compares within a round.
public final class JmhMarks {
    private static final double MEDIAN = 50;

    private JmhMarks() {}

    /// Exits with 1 when a mark is missed.
    ///
    /// @param args `engine`, `diff` or `verdict`, and the number of rounds
    public static void main(String[] args) throws RunnerException {
        int rounds = Integer.parseInt(args[1]);
        List<Mark> marks = switch (args[0]) {
            case "engine" -> engine(rounds);
            case "diff" -> diff(rounds);
            case "verdict" -> verdict(rounds);
            default -> throw new IllegalArgumentException("engine, diff or verdict, not " + args[0]);
        };
        System.out.println(Mark.table(marks));
        System.exit(marks.stream().allMatch(Mark::met) ? 0 : 1);
    }

    private static List<Mark> engine(int rounds) throws RunnerException {
        Map<String, List<Double>> throughput = new HashMap<>();
        Map<String, List<Double>> p50 = new HashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (RunResult result : run(EngineOverheadBenchmark.class)) {
                Result<?> primary = result.getPrimaryResult();
                String name = primary.getLabel();
                throughput.computeIfAbsent(name, _ -> new ArrayList<>()).add(primary.getScore());
                p50.computeIfAbsent(name, _ -> new ArrayList<>()).add(primary.getStatistics().getPercentile(MEDIAN));
            }
            System.err.println("round " + (round + 1) + " of " + rounds);
        }
        Rounds bare = rounds(p50, "bareLatency");
        Rounds handOver = rounds(p50, "handOverLatency");
        Rounds added = rounds(p50, "engineLatency").minus(bare);
        System.out.println("bare run, p50 us: " + bare + "; park/unpark round trip, p50 us: " + handOver
                + "; engine adds, p50 us: " + added + "\nruns/s: bare " + rounds(throughput, "bareThroughput")
                + ", engine with 4 callers " + rounds(throughput, "engineThroughput") + "\n");
        return List.of(
                new Mark("engine throughput, 4 callers / bare run loop",
                        rounds(throughput, "engineThroughput").over(rounds(throughput, "bareThroughput")),
                        Bound.atLeast(0.90, 0.97)),
                new Mark("engine p50, 1 caller, added above a park/unpark round trip", added.minus(handOver),
                        Bound.atMostMicros(30)));
    }

    private static List<Mark> diff(int rounds) throws RunnerException {
        Map<String, List<Double>> micros = new HashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (RunResult result : run(DiffKernelBenchmark.class, "1048576", "67108864")) {
                String key = result.getPrimaryResult().getLabel() + " " + result.getParams().getParam("elements") + " "
                        + result.getParams().getParam("data");
                micros.computeIfAbsent(key, _ -> new ArrayList<>()).add(result.getPrimaryResult().getScore());
            }
            System.err.println("round " + (round + 1) + " of " + rounds);
        }
        List<Mark> marks = new ArrayList<>();
        for (DiffKernelBenchmark.Data data : DiffKernelBenchmark.Data.values()) {
            for (int millions : new int[]{1, 64}) {
                String key = " " + (millions << 20) + " " + data;
                String what = ", " + millions + " M floats, " + data;
                Rounds vector = rounds(micros, "vector" + key);
                marks.add(new Mark("diff kernel / scalar oracle" + what, rounds(micros, "scalar" + key).over(vector),
                        Bound.atLeast(3, 3)));
                marks.add(new Mark("diff kernel / reading both inputs once" + what,
                        rounds(micros, "readOnly" + key).over(vector),
                        millions == 1 ? Bound.atLeast(0.2, 0.35) : Bound.atLeast(0.5, 0.5)));
            }
        }
        return marks;
    }

    private static List<Mark> verdict(int rounds) throws RunnerException {
        Map<String, List<Double>> micros = new HashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (RunResult result : run(EvidenceBenchmark.class)) {
                micros.computeIfAbsent(result.getPrimaryResult().getLabel(), _ -> new ArrayList<>())
                        .add(result.getPrimaryResult().getScore());
            }
            System.err.println("round " + (round + 1) + " of " + rounds);
        }
        System.out.println("one look at a day of evidence, us: " + rounds(micros, "judge") + "\n");
        return List.of(new Mark("taking a comparison into the evidence", rounds(micros, "take"),
                Bound.atMostMicros(2)));
    }

    private static Collection<RunResult> run(Class<?> benchmark, String... elements) throws RunnerException {
        var options = new OptionsBuilder().include("^" + Pattern.quote(benchmark.getName()) + "\\.").forks(1)
                .verbosity(VerboseMode.SILENT).shouldFailOnError(true);
        return new Runner((elements.length == 0 ? options : options.param("elements", elements)).build()).run();
    }

    private static Rounds rounds(Map<String, List<Double>> measured, String name) {
        return new Rounds(measured.getOrDefault(name, List.of()).stream().mapToDouble(Double::doubleValue).toArray());
    }
}
