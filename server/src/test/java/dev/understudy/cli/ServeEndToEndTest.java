package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The program as a person uses it: serve, infer, drop a challenger in, look, stop.
@SuppressWarnings("NullAway.Init")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class ServeEndToEndTest {
    private static final Path MODELS = Path.of("..", "models");
    private static final Pattern READY = Pattern
            .compile(
                    "ready http=127\\.0\\.0\\.1:(\\d+) grpc=127\\.0\\.0\\.1:\\d+ management=(127\\.0\\.0\\.1:\\d+) models=1");
    private static final Pattern SUGGESTED = Pattern.compile("(?<= |@)models/[\\w./]+");
    private static final long POLL_MILLIS = 50;

    @TempDir
    private Path folder;
    private Path repository;
    private Path state;

    @BeforeEach
    void copyRepository() throws IOException {
        repository = folder.resolve("repository");
        state = folder.resolve("state");
        try (var tree = Files.walk(MODELS.resolve("repository"))) {
            for (Path path : tree.toList()) {
                Files.copy(path, repository.resolve(MODELS.resolve("repository").relativize(path).toString()));
            }
        }
    }

    private Program serve(String err, String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of("serve", "--repository", repository.toString(), "--state",
                state.toString(), "--host", "127.0.0.1", "--grpc-port", "0"));
        args.addAll(List.of(more));
        return Program.start(folder.resolve(err), args.toArray(String[]::new));
    }

    @Test
    void aDroppedChallengerIsComparedWithAndShownAndTheServerStopsInGoodOrder() throws Exception {
        try (Program program = serve("err", "--http-port", "0", "--management-port", "0", "--log-format",
                "json");
                HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            Matcher ready = READY.matcher(String.valueOf(program.readLine()));
            assertTrue(ready.matches(), String.join("\n", program.errors()));
            URI infer = URI.create("http://127.0.0.1:" + ready.group(1) + "/v2/models/digits/infer");
            assertEquals(2, topAnswer(http, infer));

            Files.copy(MODELS.resolve("challengers/better.onnx"), repository.resolve("digits/better.onnx"));
            String management = "http://" + ready.group(2);
            while (compared(management) == 0) {
                assertEquals(2, topAnswer(http, infer));
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
            assertTrue(run("status", "--management-url", management).contains("better"));
            assertTrue(run("diffs", "digits", "--worst", "5", "--management-url", management)
                    .contains("challenger better"));
            Path parquet = folder.resolve("all.parquet");
            run("diffs", "digits", "--export", parquet.toString(), "--management-url", management);
            assertEquals("PAR1", Files.readString(parquet, StandardCharsets.ISO_8859_1).substring(0, 4));

            assertRefusals(Integer.parseInt(ready.group(1)));
            program.terminate();
            assertEquals(ExitCode.OK, program.exitCode());
            assertEquals("", program.readAll());
            for (String line : program.errors()) {
                assertTrue(StatusPageTest.json(line).has("message"), line);
            }
            try (var left = Files.list(state.resolve("tmp"))) {
                assertEquals(List.of(), left.toList());
            }
        }
    }

    /// A second server on the same state, and one on the same port: each one line and its own exit code.
    private void assertRefusals(int port) throws Exception {
        try (Program second = serve("err2", "--http-port", "0", "--management-port", "0")) {
            assertEquals(ExitCode.STATE, second.exitCode());
            assertEquals(1, second.errors().size(), second.errors().toString());
        }
        try (Program third = serve("err3", "--http-port", Integer.toString(port), "--management-port", "0")) {
            assertEquals(ExitCode.PORT, third.exitCode());
            assertEquals(List.of("understudy: port " + port
                    + " on 127.0.0.1 is in use or may not be taken; choose another with --http-port"), third.errors());
        }
    }

    @Test
    void aTakenManagementPortIsFoundBeforeModelsAreLoaded() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Program program = serve("err", "--http-port", "0", "--management-port",
                        Integer.toString(taken.getLocalPort()))) {
            assertEquals(ExitCode.PORT, program.exitCode());
            assertTrue(program.errors().getFirst().endsWith("choose another with --management-port"));
            assertTrue(Files.notExists(state.resolve("objects")));
        }
    }

    @Test
    void aStopDuringTheStartEndsIt() throws Exception {
        for (int copy = 0; copy < 8; copy++) {
            Path model = Files.createDirectories(repository.resolve("copy" + copy + "/1")).resolve("model.onnx");
            Files.copy(MODELS.resolve("repository/digits/1.onnx"), model);
        }
        try (Program program = serve("err", "--http-port", "0", "--management-port", "0")) {
            while (Files.notExists(state.resolve("lock"))) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
            program.terminate();
            assertEquals(ExitCode.OK, program.exitCode());
            assertEquals("", program.readAll());
            List<String> errors = program.errors();
            assertTrue(errors.stream().anyMatch(line -> line.contains("the start is given up")), errors.toString());
            assertTrue(errors.getLast().endsWith("stopped"), errors.toString());
        }
    }

    @Test
    void theDemoRunsToItsSummaryAndLeavesNothingBehind() throws Exception {
        try (Program program = Program.start(folder.resolve("err"), "demo", "--seconds", "5", "--rate", "50")) {
            String shown = program.readAll();
            assertEquals(ExitCode.OK, program.exitCode(), shown + program.errors());
            assertTrue(shown.contains("wrong-input refused: "), shown);
            assertTrue(shown.contains("worst differences of worse-on-eight:"), shown);
            assertTrue(shown.contains("Every request was answered by the champion"), shown);
            List<String> named = SUGGESTED.matcher(shown).results().map(MatchResult::group).toList();
            assertEquals(3, named.size(), shown);
            named.forEach(path -> assertTrue(Files.exists(Path.of("..", path)), path));
            assertEquals(List.of(), program.errors());
        }
    }

    private static long compared(String management) throws Exception {
        JsonNode model = StatusPageTest.json(run("status", "digits", "--json", "--management-url", management));
        return model.path("challengers").path(0).path("ledger").path("compared").asLong();
    }

    private static int topAnswer(HttpClient http, URI infer) throws Exception {
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(infer)
                .POST(BodyPublishers.ofFile(MODELS.resolve("requests/digit.json"))).build(), BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response.body());
        assertNotNull(response.headers().firstValue("understudy-request-id").orElse(null));
        JsonNode scores = StatusPageTest.json(response.body()).path("outputs").path(0).path("data");
        int top = 0;
        for (int i = 1; i < scores.size(); i++) {
            top = scores.get(i).asDouble() > scores.get(top).asDouble() ? i : top;
        }
        return top;
    }

    private static String run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine(Terminal.PLAIN);
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        assertEquals(ExitCode.OK, line.execute(args), err.toString());
        return out.toString();
    }
}
