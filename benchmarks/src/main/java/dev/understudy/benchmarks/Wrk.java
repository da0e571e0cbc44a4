package dev.understudy.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The load generator: `wrk`, one thread, 32 connections that each send the next request when the answer has come.
/// Immutable.
///
/// @param script  `post.lua`
/// @param body    the file with the request's body
/// @param example what that file holds
record Wrk(Path script, Path body, InferenceExample example) {
    private static final int CONNECTIONS = 32;

    /// One run.
    record Load(double requestsPerSecond, long requests, double p50Micros, double p99Micros) {}

    /// Loads the server of this machine at `port` for some seconds.
    ///
    /// @throws IOException when any request failed
    Load run(int port, int seconds) throws IOException, InterruptedException {
        Process wrk = new ProcessBuilder("wrk", "-t1", "-c" + CONNECTIONS, "-d" + seconds + "s", "-s",
                script.toString(), "http://127.0.0.1:" + port + InferenceExample.PATH, "--", body.toString(),
                Integer.toString(example.jsonBytes())).redirectErrorStream(true).start();
        try {
            List<String> lines = wrk.inputReader().lines().toList();
            String result = lines.stream().filter(line -> line.startsWith("result ")).findFirst()
                    .orElseThrow(() -> new IOException("wrk said: " + String.join(" | ", lines)));
            String[] numbers = result.split(" ", -1);
            long requests = Long.parseLong(numbers[1]);
            if (!numbers[3].equals("0") || requests == 0) {
                throw new IOException(numbers[3] + " requests failed: " + String.join(" | ", lines));
            }
            double durationSeconds = Long.parseLong(numbers[2]) / (double) TimeUnit.SECONDS.toMicros(1);
            return new Load(requests / durationSeconds, requests, Double.parseDouble(numbers[4]),
                    Double.parseDouble(numbers[5]));
        } finally {
            wrk.destroy();
            wrk.waitFor();
        }
    }
}
