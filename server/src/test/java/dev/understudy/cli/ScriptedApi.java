package dev.understudy.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import picocli.CommandLine;

/// A management API that answers from a script, and the command line asked of it. Owned by one test.
final class ScriptedApi implements AutoCloseable {
    /// An answer that ends before its announced length.
    static final String CUT = "cut off";

    /// By path; what has none is an unknown model.
    final Map<String, String> answers = new ConcurrentHashMap<>();
    /// Every request, with the token it bore.
    final List<String> asked = new CopyOnWriteArrayList<>();
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    private final HttpServer server;

    ScriptedApi() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
        answers.put("/models", "{\"models\":[" + StatusPageTest.MODEL
                + "],\"alerts\":[\"the folder my?model is not a model\"]}");
        answers.put("/models/digits", StatusPageTest.MODEL);
        answers.put("/models/digits/challengers/better", """
                {"model":"digits","version":"better","sha256":"fedcba9876543210","ledger":{"compared":1234}}""");
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String token = exchange.getRequestHeaders().getFirst("Authorization");
        asked.add(exchange.getRequestURI() + (token == null ? "" : " " + token));
        String answer = answers.get(exchange.getRequestURI().getPath());
        byte[] body = (answer == null ? "{\"error\":\"unknown model \\\"x\\\"\"}" : answer)
                .getBytes(StandardCharsets.UTF_8);
        int missing = answer != null && answer.equals(CUT) ? 100 : 0;
        exchange.sendResponseHeaders(answer == null ? 404 : status(answer), body.length + missing);
        exchange.getResponseBody().write(body);
        exchange.getResponseBody().flush();
        exchange.close();
    }

    private static int status(String answer) {
        if (answer.startsWith("{\"error\"")) {
            return 409;
        }
        return answer.equals("denied") ? 401 : 200;
    }

    /// Runs a command against this API, unless it names another; the exit code.
    int run(String... args) {
        CommandLine line = Main.commandLine(Terminal.PLAIN);
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        String[] all = List.of(args).contains("--management-url") ? args : new String[args.length + 2];
        if (all != args) {
            System.arraycopy(args, 0, all, 0, args.length);
            all[args.length] = "--management-url";
            all[args.length + 1] = url();
        }
        return line.execute(all);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }
}
