package dev.understudy.benchmarks;

import dev.understudy.benchmarks.HttpTrial.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/// Which garbage collector, and which object headers, serve best: the server under each, closed loop and then at a fixed
/// rate of half of what the first round's first could do. The launcher's choice rests on this table.
public final class CollectorStudy {
    private static final Map<String, String> CHOICES = new LinkedHashMap<>();
    static {
        for (String headers : List.of("", " -XX:+UseCompactObjectHeaders")) {
            for (String collector : List.of("G1", "Parallel", "Serial", "Z")) {
                CHOICES.put(collector + (headers.isEmpty() ? "" : ", compact headers"),
                        "-XX:+Use" + collector + "GC" + headers);
            }
        }
    }

    private record Measured(Outcome outcome, Histogram steady) {}

    private CollectorStudy() {}

    /// Prints a Markdown table.
    ///
    /// @param args the number of rounds
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.parseInt(args[0]);
        int rate = 0;
        Map<String, List<Measured>> measured = new LinkedHashMap<>();
        try (HttpTrial trial = new HttpTrial()) {
            SteadyLoad steadyLoad = new SteadyLoad(trial.body(), trial.example());
            for (int round = 0; round < rounds; round++) {
                for (var choice : CHOICES.entrySet()) {
                    int port = ServerProcess.freePort();
                    int steadyRate = rate;
                    List<Histogram> steady = new ArrayList<>();
                    Outcome outcome = trial.run(trial.understudy(port, choice.getValue()), port,
                            (server, load) -> steady.add(steadyLoad.run(server.port(),
                                    steadyRate > 0 ? steadyRate : (int) (load.requestsPerSecond() / 2))));
                    rate = rate > 0 ? rate : (int) (outcome.load().requestsPerSecond() / 2);
                    measured.computeIfAbsent(choice.getKey(), _ -> new ArrayList<>())
                            .add(new Measured(outcome, steady.getFirst()));
                }
                System.err.println("round " + (round + 1) + " of " + rounds);
            }
        }
        System.out.println("At " + rate + " requests/s, latencies corrected for coordinated omission:\n");
        System.out.println(table(measured));
    }

    private static String table(Map<String, List<Measured>> measured) {
        StringBuilder table = new StringBuilder("| Collector | requests/s | p99 us | CPU us/request | resident MiB "
                + "| p50 us at rate | p99 us at rate | p99.9 us at rate |\n|---|---|---|---|---|---|---|---|\n");
        measured.forEach((name, results) -> table.append("| ").append(name)
                .append(cell(results, one -> one.outcome.load().requestsPerSecond()))
                .append(cell(results, one -> one.outcome.load().p99Micros()))
                .append(cell(results, one -> one.outcome.cpuMicros()))
                .append(cell(results, one -> one.outcome.residentMiB()))
                .append(cell(results, one -> one.steady.getValueAtPercentile(50)))
                .append(cell(results, one -> one.steady.getValueAtPercentile(99)))
                .append(cell(results, one -> one.steady.getValueAtPercentile(99.9))).append(" |\n"));
        return table.toString();
    }

    private static String cell(List<Measured> results, ToDoubleFunction<Measured> value) {
        return " | " + new Rounds(results.stream().mapToDouble(value).toArray());
    }
}
