package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A supervised program in processes of its own when one of them ends as it should not.
final class SuperviseEndToEndTest extends ProcessStage {
    /// One is enough, if it is not shed.
    private static final int FATAL_REQUESTS_MAX = 10_000;

    private Program supervise() throws IOException {
        return serve(Program.launcher(folder.resolve("understudy"), Main.class), ServeCommand.SUPERVISE);
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|x86_64", disabledReason = "other processors have a result")
    void aServerThatAChallengerCrashesServesAgainOnItsPortsWithTheChallengerStruckOffAndTheRestIntact()
            throws Exception {
        try (Program program = supervise()) {
            assertEquals(readyLine(), program.readLine(), String.join("\n", program.errors()));
            Files.copy(MODELS.resolve("challengers/better.onnx"), repository.resolve("better.onnx"));
            awaitState("better", "shadowing");
            while (comparisons("better") == 0) {
                assertEquals(200, infer(0).statusCode());
            }
            Files.write(repository.resolve("guilty.onnx"), GuiltyModel.of(MODELS.resolve("challengers/equal.onnx")));
            awaitState("guilty", "shadowing");
            String champion = model().at("/champion/sha256").asText();
            ProcessHandle crashing = program.server();

            for (int i = 0; i < FATAL_REQUESTS_MAX && crashing.isAlive(); i++) {
                try {
                    infer(GuiltyModel.FATAL_PIXEL);
                } catch (UncheckedIOException _) {
                    // The crash may come before the champion's answer has left.
                }
            }
            crashing.onExit().get(60, TimeUnit.SECONDS);
            assertEquals(readyLine(), program.readLine(), String.join("\n", program.errors()));

            assertNotEquals(crashing.pid(), program.server().pid());
            assertEquals(200, infer(0).statusCode());
            assertEquals(champion, model().at("/champion/sha256").asText());
            String reason = awaitState("guilty", "refused").path("reason").asText();
            assertTrue(reason.startsWith("the server ended during its run (signal 6, SIGABRT), "), reason);
            JsonNode ledger = awaitState("better", "shadowing").path("ledger");
            assertTrue(ledger.path("compared").asLong() > 0, ledger.toString());
            assertEquals(ledger.path("sampled").asLong(), ledger.path("compared").asLong() + sum(ledger.path("shed"))
                    + sum(ledger.path("failed")) + ledger.path("in_flight").asLong(), ledger.toString());
            assertTrue(program.errors().stream()
                    .anyMatch(
                            line -> line.endsWith("the server ended: signal 6, SIGABRT; it is started again in 1 s")));

            ProcessHandle serving = program.server();
            program.terminate();
            assertEquals(ExitCode.OK, program.exitCode());
            serving.onExit().get(60, TimeUnit.SECONDS);
            assertEquals("", program.readAll());
            assertTrue(program.errors().getLast().endsWith("stopped"), program.errors().toString());
        }
    }

    @Test
    void aStopThatReachesSupervisorAndServerBothIsOneStopInGoodOrder() throws Exception {
        try (Program program = supervise()) {
            assertEquals(readyLine(), program.readLine());
            ProcessHandle serving = program.server();
            // As a service manager does, which signals every process of the service.
            serving.destroy();
            program.terminate();
            serving.destroy();
            assertEquals(ExitCode.OK, program.exitCode());
            assertTrue(program.errors().stream().anyMatch(line -> line.endsWith("engine stopped")));
            assertTrue(program.errors().stream().noneMatch(line -> line.contains("started again")));
            assertTrue(!serving.isAlive());
        }
    }

    @Test
    void aServerWithoutItsSupervisorStops() throws Exception {
        try (Program program = supervise()) {
            assertEquals(readyLine(), program.readLine());
            ProcessHandle serving = program.server();
            program.kill();
            serving.onExit().get(60, TimeUnit.SECONDS);
            assertTrue(program.errors().getLast().endsWith("stopped"), program.errors().toString());
        }
    }

    @Test
    void withoutALauncherNothingIsSupervised() throws Exception {
        try (Program program = serve(Program.command(Main.class), ServeCommand.SUPERVISE)) {
            assertEquals(ExitCode.USAGE, program.exitCode());
        }
    }

    @Test
    void whatTheServerRefusesIsNotTriedAgain() throws Exception {
        try (ServerSocket taken = new ServerSocket(httpPort, 1, InetAddress.getLoopbackAddress());
                Program program = supervise()) {
            assertTrue(taken.isBound());
            assertEquals(ExitCode.PORT, program.exitCode());
            assertEquals(1, program.errors().size(), program.errors().toString());
        }
    }

    private static long sum(JsonNode counts) {
        long sum = 0;
        for (JsonNode count : counts) {
            sum += count.asLong();
        }
        return sum;
    }
}
