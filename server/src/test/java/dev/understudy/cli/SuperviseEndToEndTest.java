package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.models.Digits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The program in processes of its own when one of them ends as it should not.
@SuppressWarnings("NullAway.Init")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class SuperviseEndToEndTest {
    private static final Path MODELS = Path.of("..", "models");
    /// The first pixel of a request on which [#guilty] crashes. No digit has it, nor what a trial makes up.
    private static final int FATAL_PIXEL = -1_000;
    /// One is enough, if it is not shed.
    private static final int FATAL_REQUESTS_MAX = 10_000;
    private static final long POLL_NANOS = 20_000_000;

    @TempDir
    private Path folder;
    private Path repository;
    private int httpPort;
    private int grpcPort;
    private int managementPort;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void install() throws IOException {
        repository = Files.createDirectories(folder.resolve("repository/digits"));
        Files.copy(MODELS.resolve("repository/digits/1.onnx"), repository.resolve("1.onnx"));
        // One challenger runs at a time, so that it is certain who ran, and waits for no gap, so that little is shed.
        Files.writeString(folder.resolve("serve.yaml"), "shadow: {isolation: priority}\n");
        try (ServerSocket first = free(); ServerSocket second = free(); ServerSocket third = free()) {
            httpPort = first.getLocalPort();
            grpcPort = second.getLocalPort();
            managementPort = third.getLocalPort();
        }
    }

    @AfterEach
    void closeClient() {
        http.shutdownNow();
        http.close();
    }

    private static ServerSocket free() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private Program serve(List<String> program, String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of("serve", "--repository", folder.resolve("repository").toString(),
                "--state", folder.resolve("state").toString(), "--config", folder.resolve("serve.yaml").toString(),
                "--host", "127.0.0.1", "--http-port", Integer.toString(httpPort), "--grpc-port",
                Integer.toString(grpcPort), "--management-port", Integer.toString(managementPort)));
        args.addAll(List.of(more));
        return Program.start(folder.resolve("err"), program, args.toArray(String[]::new));
    }

    private Program supervise() throws IOException {
        return serve(Program.launcher(folder.resolve("understudy"), Main.class), ServeCommand.SUPERVISE);
    }

    private String readyLine() {
        return "ready http=127.0.0.1:" + httpPort + " grpc=127.0.0.1:" + grpcPort + " management=127.0.0.1:"
                + managementPort + " models=1";
    }

    /// The champion's answer to every digit whose first pixel is not [#FATAL_PIXEL]. For that one the least integer over minus
    /// one, which has no result, and for which a processor of this kind interrupts the process.
    private static byte[] guilty() throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(MODELS.resolve("challengers/equal.onnx")))
                .toBuilder();
        for (NodeProto.Builder node : model.getGraphBuilder().getNodeBuilderList()) {
            if (node.getOutput(0).equals("probabilities")) {
                node.setName("honest").setOutput(0, "honest");
            }
        }
        constant(model, "first_pixel", 0);
        constant(model, "shift", -FATAL_PIXEL - 1);
        constant(model, "least", Long.MIN_VALUE);
        node(model, "pixel", "Gather", List.of("image", "first_pixel"), "axis", 1);
        node(model, "whole_pixel", "Cast", List.of("pixel"), "to", TensorProto.DataType.INT64.getNumber());
        node(model, "divisor", "Add", List.of("whole_pixel", "shift"), "", 0);
        node(model, "quotient", "Div", List.of("least", "divisor"), "", 0);
        node(model, "nothing", "Sub", List.of("quotient", "quotient"), "", 0);
        node(model, "nothing_float", "Cast", List.of("nothing"), "to", TensorProto.DataType.FLOAT.getNumber());
        node(model, "probabilities", "Add", List.of("honest", "nothing_float"), "", 0);
        return model.build().toByteArray();
    }

    private static void constant(ModelProto.Builder model, String name, long value) {
        model.getGraphBuilder().addInitializer(TensorProto.newBuilder().setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber()).addDims(1).addInt64Data(value));
    }

    private static void node(ModelProto.Builder model, String output, String operator, List<String> inputs,
            String attribute, long value) {
        NodeProto.Builder node = NodeProto.newBuilder().setName(output).setOpType(operator).addAllInput(inputs)
                .addOutput(output);
        if (!attribute.isEmpty()) {
            node.addAttribute(AttributeProto.newBuilder().setName(attribute)
                    .setType(AttributeProto.AttributeType.INT).setI(value));
        }
        model.getGraphBuilder().addNode(node);
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
            Files.write(repository.resolve("guilty.onnx"), guilty());
            awaitState("guilty", "shadowing");
            String champion = model().at("/champion/sha256").asText();
            ProcessHandle crashing = program.server();

            for (int i = 0; i < FATAL_REQUESTS_MAX && crashing.isAlive(); i++) {
                try {
                    infer(FATAL_PIXEL);
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
                    .anyMatch(line -> line.endsWith("the server ended: signal 6; it is started again in 1 s")));

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
    void withoutALauncherNothingIsSupervisedAndWhatTheServerRefusesIsNotTriedAgain() throws Exception {
        try (Program program = serve(Program.command(Main.class), ServeCommand.SUPERVISE)) {
            assertEquals(ExitCode.USAGE, program.exitCode());
        }
        try (ServerSocket taken = new ServerSocket(httpPort, 1, InetAddress.getLoopbackAddress());
                Program program = supervise()) {
            assertTrue(taken.isBound());
            assertEquals(ExitCode.PORT, program.exitCode());
            assertEquals(1, program.errors().size(), program.errors().toString());
        }
    }

    @Test
    void aLostDeviceEndsTheServerWithItsOwnCodeAndTheNextOneRefusesWhoRanThen() throws Exception {
        List<String> losing = new ArrayList<>(Program.command(LosingMain.class));
        losing.add(1, "-D" + LosingMain.PROPERTY + "=" + folder);
        Path lose = folder.resolve("lose");
        try (Program program = serve(losing)) {
            assertEquals(readyLine(), program.readLine(), String.join("\n", program.errors()));
            Files.copy(MODELS.resolve("challengers/faulty/throws.onnx"), repository.resolve("throws.onnx"));
            awaitState("throws", "shadowing");
            Files.createFile(lose);
            assertEquals(200, infer(0).statusCode());
            assertEquals(ExitCode.DEVICE_LOST, program.exitCode());
            List<String> errors = program.errors().stream().filter(line -> line.contains(" ERROR ")).toList();
            assertEquals(1, errors.size(), errors.toString());
            assertTrue(
                    errors.getFirst().contains("digits: the device was lost in a run of the challenger, version throws:"
                            + " CUDA_ERROR_ILLEGAL_ADDRESS (700); struck off: "),
                    errors.toString());
        }
        Files.delete(lose);
        try (Program program = serve(losing)) {
            assertEquals(readyLine(), program.readLine(), String.join("\n", program.errors()));
            String reason = awaitState("throws", "refused").path("reason").asText();
            assertTrue(reason.startsWith("the device was lost during its run (CUDA_ERROR_ILLEGAL_ADDRESS (700)), "),
                    reason);
            program.terminate();
            assertEquals(ExitCode.OK, program.exitCode());
        }
    }

    private HttpResponse<String> infer(int firstPixel) {
        String pixels = firstPixel + "," + Collections.nCopies(Digits.PIXELS - 1, "9").stream()
                .collect(Collectors.joining(","));
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/v2/models/digits/infer"))
                .POST(BodyPublishers.ofString("{\"inputs\":[{\"name\":\"image\",\"datatype\":\"FP32\",\"shape\":[1,"
                        + Digits.PIXELS + "],\"data\":[" + pixels + "]}]}"))
                .build());
    }

    private JsonNode management(String path) throws Exception {
        return StatusPageTest.json(send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path)).build()).body());
    }

    private JsonNode model() throws Exception {
        return management("/models/digits");
    }

    /// Comparisons that are on disk.
    private long comparisons(String version) throws Exception {
        return management("/models/digits/challengers/" + version + "/comparisons").findValues("request_id").size();
    }

    private JsonNode awaitState(String version, String state) throws Exception {
        while (true) {
            for (JsonNode challenger : model().path("challengers")) {
                if (challenger.path("version").asText().equals(version)) {
                    if (challenger.path("state").asText().equals(state)) {
                        return challenger;
                    }
                    assertNotEquals("refused", challenger.path("state").asText(), challenger::toString);
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static long sum(JsonNode counts) {
        long sum = 0;
        for (JsonNode count : counts) {
            sum += count.asLong();
        }
        return sum;
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
