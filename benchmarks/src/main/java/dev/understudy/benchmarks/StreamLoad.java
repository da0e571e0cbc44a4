package dev.understudy.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Load over gRPC: `h2load`, one thread, 4 connections of 8 streams that each send the next request when the answer has
/// come. Immutable.
///
/// @param frame the file with the request's frame
record StreamLoad(Path frame) {
    private static final int CONNECTIONS = 4;
    private static final int STREAMS = 8;
    private static final Pattern RATE = Pattern.compile("finished in [^,]*, ([0-9.]+) req/s");
    private static final Pattern COUNTS = Pattern
            .compile(
                    "requests: \\d+ total, \\d+ started, (\\d+) done, (\\d+) succeeded, (\\d+) failed, (\\d+) errored");
    private static final Pattern DATA = Pattern.compile("traffic: .*, [^,]*\\((\\d+)\\) data");

    /// One run.
    record Load(double requestsPerSecond, long requests) {}

    /// Loads the server of this machine at `port` for some seconds.
    ///
    /// @param answerBytes of one answer's frame; gRPC says in trailers, which the generator does not read, that a call
    ///                    failed, but then sends no message
    /// @throws IOException when any request failed
    Load run(int port, int seconds, int answerBytes) throws IOException, InterruptedException {
        Process h2load = new ProcessBuilder("h2load", "-t1", "-c" + CONNECTIONS, "-m" + STREAMS, "-D" + seconds,
                "--data=" + frame, "--header=content-type: application/grpc", "--header=te: trailers",
                "http://127.0.0.1:" + port + GrpcExample.PATH).redirectErrorStream(true).start();
        try {
            List<String> lines = h2load.inputReader().lines().toList();
            String all = String.join("\n", lines);
            Matcher rate = RATE.matcher(all);
            Matcher counts = COUNTS.matcher(all);
            Matcher data = DATA.matcher(all);
            if (!rate.find() || !counts.find() || !data.find()) {
                throw new IOException("h2load said: " + all);
            }
            long requests = Long.parseLong(counts.group(2));
            if (requests == 0 || !counts.group(3).equals("0") || !counts.group(4).equals("0")
                    || Long.parseLong(data.group(1)) < requests * answerBytes) {
                throw new IOException("requests failed: " + all);
            }
            return new Load(Double.parseDouble(rate.group(1)), requests);
        } finally {
            h2load.destroy();
            h2load.waitFor();
        }
    }
}
