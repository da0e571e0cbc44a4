package dev.understudy.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// Load at a fixed rate, whatever the server can: `h2load` over HTTP/1.1, 32 connections with a clock each. Immutable.
///
/// @param body    the file with the request's body
/// @param example what that file holds
record SteadyLoad(Path body, InferenceExample example) {
    private static final int CONNECTIONS = 32;
    private static final int SECONDS = 8;
    private static final long LATENCY_MICROS_MAX = TimeUnit.MINUTES.toMicros(1);

    /// Latencies in microseconds at `requestsPerSecond`. A request that could not be sent in time, because the answer
    /// before it had not come, is counted with the time it would have waited.
    Histogram run(int port, int requestsPerSecond) throws IOException, InterruptedException {
        int perConnection = Math.max(1, requestsPerSecond / CONNECTIONS);
        Path log = body.resolveSibling("requests.log");
        Process h2load = new ProcessBuilder("h2load", "--h1", "-t1", "-m1", "-c" + CONNECTIONS,
                "--rps=" + perConnection, "-D" + SECONDS, "--data=" + body,
                "--header=Content-Type: application/octet-stream",
                "--header=Inference-Header-Content-Length: " + example.jsonBytes(), "--log-file=" + log,
                "http://127.0.0.1:" + port + InferenceExample.PATH).redirectErrorStream(true).start();
        try {
            List<String> lines = h2load.inputReader().lines().toList();
            if (h2load.waitFor() != 0) {
                throw new IOException("h2load said: " + String.join(" | ", lines));
            }
            return histogram(log, TimeUnit.SECONDS.toMicros(1) / perConnection);
        } finally {
            h2load.destroy();
            h2load.waitFor();
            Files.deleteIfExists(log);
        }
    }

    /// The log has a line a request: when it began, the status, how long it took, both times in microseconds.
    private static Histogram histogram(Path log, long intervalMicros) throws IOException {
        Histogram latencies = new Histogram(LATENCY_MICROS_MAX, 3);
        try (Stream<String> lines = Files.lines(log)) {
            lines.map(line -> line.split("\t", -1)).forEach(fields -> {
                if (!fields[1].equals("200")) {
                    throw new IllegalStateException("a request failed with status " + fields[1]);
                }
                latencies.recordValueWithExpectedInterval(Long.parseLong(fields[2]), intervalMicros);
            });
        }
        return latencies;
    }
}
