package dev.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Thread-safe. Asks a server's management API. Every failure is a [CommandFailure] with one line for the person.
public final class ManagementClient implements AutoCloseable {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
    private static final int PIECE_BYTES = 64 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI address;
    private final @Nullable String token;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_MAX)
            .version(HttpClient.Version.HTTP_1_1).build();

    /// @param address without a path, such as `http://127.0.0.1:8002`
    /// @param token   what the server asks of its callers, or null
    public ManagementClient(URI address, @Nullable String token) {
        this.address = address;
        this.token = token;
    }

    /// A segment of a path or a value of a query, escaped.
    public static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// The answer's text.
    ///
    /// @param path starts with a slash
    public String text(String path) throws CommandFailure {
        HttpResponse<String> response = send(request(path), BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw refused(response.statusCode(), response.body());
        }
        return response.body();
    }

    /// The answer as JSON.
    public JsonNode json(String path) throws CommandFailure {
        return parsed(text(path));
    }

    /// The answer as JSON, empty where there is no such thing.
    Optional<JsonNode> find(String path) throws CommandFailure {
        HttpResponse<String> response = send(request(path), BodyHandlers.ofString());
        if (response.statusCode() == 404) {
            return Optional.empty();
        }
        if (response.statusCode() != 200) {
            throw refused(response.statusCode(), response.body());
        }
        return Optional.of(parsed(response.body()));
    }

    private JsonNode parsed(String text) throws CommandFailure {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException _) {
            throw new CommandFailure(ExitCode.UNREACHABLE,
                    address + " did not answer with JSON; is it the management port?");
        }
    }

    /// Sends a body and gives back the answer as JSON.
    ///
    /// @param method such as `PUT`
    public JsonNode send(String method, String path, String contentType, String body) throws CommandFailure {
        HttpResponse<String> response = send(request(path).header("Content-Type", contentType).method(method,
                BodyPublishers.ofString(body)), BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw refused(response.statusCode(), response.body());
        }
        return parsed(response.body());
    }

    /// Writes the answer to a file, which appears whole or not at all.
    void download(String path, Path file) throws CommandFailure {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            HttpResponse<InputStream> response = send(request(path), BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw refused(response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
                }
                copy(body, partial);
            }
            move(partial, file);
        } catch (IOException _) {
            throw new CommandFailure(ExitCode.FAILED, "the file " + file + " cannot be written");
        } finally {
            discard(partial);
        }
    }

    private void copy(InputStream body, Path file) throws CommandFailure, IOException {
        byte[] piece = new byte[PIECE_BYTES];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int count = read(body, piece); count >= 0; count = read(body, piece)) {
                out.write(piece, 0, count);
            }
        }
    }

    private int read(InputStream body, byte[] piece) throws CommandFailure {
        try {
            return body.read(piece);
        } catch (IOException _) {
            throw new CommandFailure(ExitCode.UNREACHABLE, address + " broke off in the middle of its answer");
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path)).timeout(ANSWER_MAX);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
            throws CommandFailure {
        try {
            return http.send(request.build(), handler);
        } catch (IOException e) {
            throw CommandFailure.passing(ExitCode.UNREACHABLE, "no server answers at " + address
                    + "; is `understudy serve` running there? (--management-url or UNDERSTUDY_URL names another)");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "interrupted");
        }
    }

    private CommandFailure refused(int status, String body) {
        if (status == 401 || status == 403) {
            return new CommandFailure(ExitCode.UNREACHABLE,
                    address + " asks for a token; name its file with --token-file or UNDERSTUDY_TOKEN_FILE");
        }
        return status == 502 || status == 503 || status == 504
                ? CommandFailure.passing(ExitCode.UNREACHABLE, reason(status, body))
                : new CommandFailure(ExitCode.UNREACHABLE, reason(status, body));
    }

    private String reason(int status, String body) {
        try {
            JsonNode error = JSON.readTree(body).path("error");
            if (error.isTextual()) {
                return error.textValue();
            }
        } catch (JsonProcessingException _) {
            // Not our server's words; the status is all there is to tell.
        }
        return address + " answered with status " + status;
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException _) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void discard(Path partial) throws CommandFailure {
        try {
            Files.deleteIfExists(partial);
        } catch (IOException _) {
            throw new CommandFailure(ExitCode.FAILED, "the file " + partial + " cannot be removed");
        }
    }
}
