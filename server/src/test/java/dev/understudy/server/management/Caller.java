package dev.understudy.server.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assertions;

/// A client of a management server on this machine. Not thread-safe; owned by one test.
final class Caller implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client;
    private final int port;

    /// Over HTTP/1.1: where this client upgrades its first call to HTTP/2, it now and then waits for ever for an answer
    /// of more than one frame, although all of it has come.
    Caller(int port) {
        this(port, HttpClient.Version.HTTP_1_1);
    }

    private Caller(int port, HttpClient.Version version) {
        this.port = port;
        this.client = HttpClient.newBuilder().version(version).build();
    }

    /// Over HTTP/2 from its first answer on, which must be short.
    static Caller overHttp2(int port) {
        return new Caller(port, HttpClient.Version.HTTP_2);
    }

    HttpResponse<byte[]> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, "", headers);
    }

    /// The body of a 200.
    JsonNode json(String path) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = get(path);
        Assertions.assertEquals(200, response.statusCode(), () -> text(response));
        return JSON.readTree(response.body());
    }

    /// The sentence of a refusal with this status.
    String error(int status, String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(method, path, body);
        Assertions.assertEquals(status, response.statusCode(), () -> text(response));
        JsonNode error = JSON.readTree(response.body());
        Assertions.assertEquals("application/json; charset=utf-8",
                response.headers().firstValue("content-type").orElse(""));
        return error.path("error").textValue();
    }

    String error(int status, String path) throws IOException, InterruptedException {
        return error(status, "GET", path, "");
    }

    /// The status line's code for a request with a Host header of the test's choice.
    int statusWithHost(String host, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: " + host
                    + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return Integer.parseInt(answer.substring(9, 12));
        }
    }

    static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.close();
    }
}
