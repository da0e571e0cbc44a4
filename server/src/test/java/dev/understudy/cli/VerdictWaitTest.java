package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/// What `verdict --wait` waits for, against a management API that answers from a script, in order.
@SuppressWarnings("NullAway.Init")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class VerdictWaitTest {
    private static final String ONE = "200 {\"challengers\":[" + challenger("2", "aaaaaaaa") + "]}";
    private static final String PROMOTE = "200 {\"decision\":\"promote\",\"criteria\":[{\"criterion\":\"agreement\"}]}";
    private static final String WATCH = "200 {\"decision\":\"watch\",\"criteria\":[{\"criterion\":\"agreement\"}]}";
    /// The connection is closed without an answer.
    private static final String CUT = "cut";

    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final StringWriter err = new StringWriter();
    private HttpServer server;

    private static String challenger(String version, String sha256) {
        return "{\"version\":\"" + version + "\",\"sha256\":\"" + sha256 + "\",\"state\":\"shadowing\"}";
    }

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestURI().getPath());
        String answer = answers.poll();
        if (answer == null || answer.equals(CUT)) {
            exchange.close();
            return;
        }
        byte[] body = answer.substring(4).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(Integer.parseInt(answer.substring(0, 3)), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private int verdict(String... options) {
        List<String> all = new ArrayList<>(List.of("verdict", "digits", "--management-url",
                "http://127.0.0.1:" + server.getAddress().getPort()));
        all.addAll(List.of(options));
        CommandLine line = Main.commandLine(Terminal.PLAIN).setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true));
        return line.execute(all.toArray(String[]::new));
    }

    @Test
    void whatIsAmbiguousIsSaidAtOnce() {
        answers.add("200 {\"challengers\":[" + challenger("2", "aaaaaaaa") + "," + challenger("3", "bbbbbbbb") + "]}");
        assertEquals(3, verdict("--wait", "2d"));
        assertTrue(err.toString().contains("with one of 2@aaaaaaaa (shadowing), 3@bbbbbbbb (shadowing)"),
                err.toString());
        assertEquals(1, asked.size());
    }

    @Test
    void onlyWhoRehearsesIsAskedAboutWhereSomebodyDoes() {
        String refused = challenger("3", "bbbbbbbb").replace("shadowing", "refused");
        String loading = challenger("2", "aaaaaaaa").replace("shadowing", "loading");
        for (String only : List.of(challenger("2", "aaaaaaaa"), loading)) {
            answers.addAll(List.of("200 {\"challengers\":[" + refused + "," + only + "]}", PROMOTE));
            assertEquals(0, verdict(), err.toString());
            assertEquals("/models/digits/challengers/2@aaaaaaaa/verdict", asked.getLast());
        }
        String second = challenger("2", "bbbbbbbb").replace("shadowing", "refused");
        answers.addAll(List.of("200 {\"challengers\":[" + second + "," + challenger("2", "aaaaaaaa") + "]}", PROMOTE));
        assertEquals(0, verdict("--challenger", "2"), err.toString());
        answers.add("200 {\"challengers\":[" + refused + "]}");
        assertEquals(1, verdict(), "the only one was refused");
    }

    @Test
    void withoutCriteriaNothingIsWaitedFor() {
        answers.addAll(List.of(ONE,
                "200 {\"declared\":false,\"decision\":\"watch\",\"criteria\":[{\"criterion\":\"agreement\"}]}"));
        assertEquals(2, verdict("--wait", "2d"));
        assertEquals(2, asked.size());
    }

    @Test
    void aServerThatIsAwayIsWaitedFor() {
        answers.addAll(List.of("503 {\"error\":\"busy\"}", CUT, CUT, ONE, CUT, CUT, "200 {\"challengers\":[]}", ONE,
                WATCH, ONE, PROMOTE));
        assertEquals(0, verdict("--wait", "30min"), err.toString());
        assertTrue(answers.isEmpty());
    }

    @Test
    void aServerThatStaysAwayIsAnErrorAtTheDeadline() {
        assertEquals(3, verdict("--wait", "1s"));
        assertTrue(asked.size() > 1 && err.toString().contains("no server answers"), err.toString());
    }

    @Test
    void withoutWaitOneLookIsAll() {
        answers.add("503 {\"error\":\"busy\"}");
        assertEquals(3, verdict());
        assertEquals("understudy: busy", err.toString().strip());
        assertEquals(1, asked.size());
    }

    @Test
    void whatTheServerRefusesIsFinal() {
        for (String refusal : List.of("404 {\"error\":\"unknown model\"}", "401 {}")) {
            asked.clear();
            answers.add(refusal);
            assertEquals(3, verdict("--wait", "2d"));
            assertEquals(1, asked.size());
        }
    }
}
