package dev.understudy.server.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;

/// Writes answers to the network. Immutable; called on the event loop of the request.
final class Replies {
    static final String JSON = "application/json; charset=utf-8";

    private final ControlView view;
    private final String securityPolicy;

    Replies(ControlView view, String securityPolicy) {
        this.view = view;
        this.securityPolicy = securityPolicy;
    }

    /// Ends the response. A caller who has gone gets nothing, and a file made for it is deleted all the same.
    void send(RoutingContext context, Answer answer) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            discard(answer);
            return;
        }
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store").putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Content-Security-Policy", securityPolicy);
        switch (answer) {
            case Answer.Json(int status, JsonNode body) ->
                response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(text(body));
            case Answer.Text(String contentType, String body) ->
                response.putHeader(HttpHeaders.CONTENT_TYPE, contentType).end(body);
            case Answer.Download download -> response.putHeader(HttpHeaders.CONTENT_TYPE, download.contentType())
                    .putHeader(HttpHeaders.CONTENT_DISPOSITION,
                            "attachment; filename=\"" + download.fileName() + "\"")
                    .sendFile(download.file().toString()).onComplete(_ -> discard(answer));
        }
    }

    private static String text(JsonNode body) {
        try {
            return Answer.MAPPER.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of nodes can always be written", e);
        }
    }

    private void discard(Answer answer) {
        if (answer instanceof Answer.Download download) {
            try {
                download.delete();
            } catch (IOException e) {
                view.fault("an export's temporary file cannot be deleted: " + e.getMessage());
            }
        }
    }
}
