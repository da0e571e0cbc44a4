package dev.understudy.benchmarks;

import dev.understudy.benchmarks.HttpTrial.Outcome;
import dev.understudy.benchmarks.Mark.Bound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Measures whole servers over HTTP, one process after the other, round after round: understudy, a bare Vert.x server
/// that reads and writes as many bytes, and Fastify with the same model. Prints the marks as a table.
public final class HttpMarks {
    private static final String UNDERSTUDY = "understudy";
    private static final String ECHO = "Vert.x echo";
    private static final String FASTIFY = "Fastify";

    private final HttpTrial trial;
    private final Map<String, List<Outcome>> outcomes = new LinkedHashMap<>();

    private HttpMarks(HttpTrial trial) {
        this.trial = trial;
    }

    /// Exits with 1 when a mark is missed.
    ///
    /// @param args the number of rounds
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.parseInt(args[0]);
        List<Mark> marks;
        try (HttpTrial trial = new HttpTrial()) {
            HttpMarks http = new HttpMarks(trial);
            for (int round = 0; round < rounds; round++) {
                http.round();
                System.err.println("round " + (round + 1) + " of " + rounds);
            }
            System.out.println(http.table());
            marks = http.marks();
        }
        System.out.println(Mark.table(marks));
        System.exit(marks.stream().allMatch(Mark::met) ? 0 : 1);
    }

    private void round() throws IOException, InterruptedException {
        int port = ServerProcess.freePort();
        Outcome understudy = trial.run(trial.understudy(port, ""), port, (_, _) -> {});
        require(trial.example().isAnsweredBy(understudy.answer()), "understudy's answer is wrong");
        keep(UNDERSTUDY, understudy);

        int wireBytes = understudy.answer().wireBytes();
        port = ServerProcess.freePort();
        Outcome echo = trial.run(HttpTrial.echo(port, wireBytes), port, (_, _) -> {});
        require(echo.answer().wireBytes() == wireBytes, "the echo's answer has another size");
        keep(ECHO, echo);

        if (HttpTrial.fastifyIsInstalled()) {
            port = ServerProcess.freePort();
            Outcome fastify = trial.run(trial.fastify(port), port, (_, _) -> {});
            require(trial.example().isAnsweredBy(fastify.answer()), "Fastify's answer is wrong");
            keep(FASTIFY, fastify);
        }
    }

    private static void require(boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new IOException(otherwise);
        }
    }

    private void keep(String name, Outcome outcome) {
        outcomes.computeIfAbsent(name, _ -> new ArrayList<>()).add(outcome);
    }

    private Rounds rounds(String name, ToDoubleFunction<Outcome> value) {
        return new Rounds(outcomes.getOrDefault(name, List.of()).stream().mapToDouble(value).toArray());
    }

    private List<Mark> marks() {
        List<Mark> marks = new ArrayList<>();
        Rounds understudy = rounds(UNDERSTUDY, outcome -> outcome.load().requestsPerSecond());
        marks.add(new Mark("HTTP requests/s / Vert.x echo of equal bytes",
                understudy.over(rounds(ECHO, outcome -> outcome.load().requestsPerSecond())),
                Bound.atLeast(0.6, 0.75)));
        if (outcomes.containsKey(FASTIFY)) {
            marks.add(new Mark("HTTP requests/s / Fastify with onnxruntime-node",
                    understudy.over(rounds(FASTIFY, outcome -> outcome.load().requestsPerSecond())),
                    Bound.atLeast(3, 3)));
        }
        return marks;
    }

    private String table() {
        StringBuilder table = new StringBuilder(
                "| Server | requests/s | p50 us | p99 us | server CPU us/request | resident MiB |\n|---|---|---|---|---|---|\n");
        for (String name : outcomes.keySet()) {
            table.append("| ").append(name).append(" | ")
                    .append(rounds(name, outcome -> outcome.load().requestsPerSecond())).append(" | ")
                    .append(rounds(name, outcome -> outcome.load().p50Micros())).append(" | ")
                    .append(rounds(name, outcome -> outcome.load().p99Micros())).append(" | ")
                    .append(rounds(name, Outcome::cpuMicros)).append(" | ")
                    .append(rounds(name, Outcome::residentMiB)).append(" |\n");
        }
        return table.toString();
    }
}
