package dev.understudy.benchmarks;

import dev.understudy.benchmarks.GrpcTrial.Outcome;
import dev.understudy.benchmarks.Mark.Bound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/// Measures whole servers over gRPC, one process after the other, round after round: understudy, and Vert.x's own gRPC
/// server with as many bytes; then what small requests of one connection wait for a slow one. Prints the marks as a table.
public final class GrpcMarks {
    private static final String UNDERSTUDY = "understudy";
    private static final String ECHO = "Vert.x gRPC echo";
    private static final double P99 = 99;

    private final GrpcTrial trial;
    private final Map<String, List<Outcome>> outcomes = new LinkedHashMap<>();
    private final List<Histogram> shared = new ArrayList<>();
    private final List<Histogram> separate = new ArrayList<>();

    private GrpcMarks(GrpcTrial trial) {
        this.trial = trial;
    }

    /// Exits with 1 when a mark is missed.
    ///
    /// @param args the number of rounds
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.parseInt(args[0]);
        List<Mark> marks;
        try (GrpcTrial trial = new GrpcTrial()) {
            GrpcMarks grpc = new GrpcMarks(trial);
            for (int round = 0; round < rounds; round++) {
                grpc.round(round % 2 == 0);
                System.err.println("round " + (round + 1) + " of " + rounds);
            }
            System.out.println(grpc.table());
            marks = grpc.marks();
        }
        System.out.println(Mark.table(marks));
        System.exit(marks.stream().allMatch(Mark::met) ? 0 : 1);
    }

    /// @param sharedFirst which of the two ways to send small requests is measured first
    private void round(boolean sharedFirst) throws IOException, InterruptedException {
        int answerBytes;
        int port = ServerProcess.freePort();
        try (ServerProcess server = trial.start(trial.understudy(port), port)) {
            Outcome understudy = trial.run(server);
            require(trial.example().isAnsweredBy(understudy.answer()), "understudy's answer is wrong");
            outcomes.computeIfAbsent(UNDERSTUDY, _ -> new ArrayList<>()).add(understudy);
            answerBytes = understudy.answer().frame().remaining();
            HeadOfLine line = new HeadOfLine(trial.example());
            if (sharedFirst) {
                shared.add(line.onOneConnection(port));
            }
            separate.add(line.onSeparateConnections(port));
            if (!sharedFirst) {
                shared.add(line.onOneConnection(port));
            }
        }
        port = ServerProcess.freePort();
        try (ServerProcess server = trial.start(GrpcTrial.echo(port, answerBytes), port)) {
            Outcome echo = trial.run(server);
            require(echo.answer().frame().remaining() == answerBytes, "the echo's answer has another size");
            outcomes.computeIfAbsent(ECHO, _ -> new ArrayList<>()).add(echo);
        }
    }

    private static void require(boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new IOException(otherwise);
        }
    }

    private Rounds rounds(String name, ToDoubleFunction<Outcome> value) {
        return new Rounds(outcomes.getOrDefault(name, List.of()).stream().mapToDouble(value).toArray());
    }

    private static Rounds percentile(List<Histogram> latencies, double percentile) {
        return new Rounds(latencies.stream().mapToDouble(one -> one.getValueAtPercentile(percentile)).toArray());
    }

    private List<Mark> marks() {
        ToDoubleFunction<Outcome> rate = outcome -> outcome.load().requestsPerSecond();
        return List.of(
                new Mark("gRPC requests/s / Vert.x gRPC echo of equal bytes",
                        rounds(UNDERSTUDY, rate).over(rounds(ECHO, rate)), Bound.atLeast(0.7, 0.7)),
                new Mark("p99 of small requests beside a slow one, one connection / separate ones",
                        percentile(shared, P99).over(percentile(separate, P99)), Bound.atMost(2)));
    }

    private String table() {
        StringBuilder table = new StringBuilder(
                "| Server | requests/s | server CPU us/request | resident MiB |\n|---|---|---|---|\n");
        for (String name : outcomes.keySet()) {
            table.append("| ").append(name).append(" | ")
                    .append(rounds(name, outcome -> outcome.load().requestsPerSecond())).append(" | ")
                    .append(rounds(name, Outcome::cpuMicros)).append(" | ")
                    .append(rounds(name, Outcome::residentMiB)).append(" |\n");
        }
        table.append("\n| Small requests beside a slow one | p50 us | p99 us |\n|---|---|---|\n");
        Map<String, List<Histogram>> ways = new LinkedHashMap<>();
        ways.put("one connection", shared);
        ways.put("separate connections", separate);
        ways.forEach((name, latencies) -> table.append("| ").append(name).append(" | ")
                .append(percentile(latencies, 50)).append(" | ").append(percentile(latencies, P99)).append(" |\n"));
        return table.toString();
    }
}
