package dev.understudy.server.http;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.server.codec.JsonBuffer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;

/// Sends JSON answers and the protocol's error objects. Called on the connection's event loop.
final class Replies {
    static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    static final CharSequence OCTETS = HttpHeaders.createOptimized("application/octet-stream");
    private static final CharSequence RETRY_SECONDS = HttpHeaders.createOptimized("1");
    /// How long a refused client may go on sending before its connection is cut: cut at once, it would lose the answer.
    private static final long LINGER_MILLIS = 2_000;
    private static final int MESSAGE_CHARS_MAX = 1_000;

    private Replies() {}

    static void json(HttpServerRequest request, int status, JsonBuffer json) {
        HttpServerResponse response = request.response();
        if (isOver(response)) {
            return;
        }
        response.setStatusCode(status).putHeader(HttpHeaderNames.CONTENT_TYPE, JSON);
        if (status == 503) {
            response.putHeader(HttpHeaderNames.RETRY_AFTER, RETRY_SECONDS);
        }
        response.end(Buffer.buffer(json.toArray()));
    }

    static void error(HttpServerRequest request, int status, String message) {
        json(request, status, errorObject(message));
    }

    static void failure(HttpServerRequest request, InferenceFailure failure) {
        error(request, status(failure), failure.message());
    }

    /// Answers while the body is still coming: what comes is thrown away, and then the connection (under HTTP/2 the
    /// stream) is closed.
    static void errorAndClose(HttpServerRequest request, int status, String message) {
        HttpServerResponse response = request.response();
        if (request.version() == HttpVersion.HTTP_2) {
            error(request, status, message);
            return;
        }
        response.putHeader(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        error(request, status, message);
        if (request.isEnded()) {
            request.connection().close();
            return;
        }
        request.endHandler(_ -> request.connection().close());
        request.exceptionHandler(_ -> request.connection().close());
        ContextInternal.current().setTimer(LINGER_MILLIS, _ -> request.connection().close());
    }

    /// The protocol's error object. What it quotes of the client is cut: answers like this are not counted against any
    /// budget, so they must be small.
    static JsonBuffer errorObject(String message) {
        String shown = message.length() <= MESSAGE_CHARS_MAX
                ? message
                : message.substring(0, MESSAGE_CHARS_MAX) + "...";
        return new JsonBuffer(shown.length() + 16).raw('{').field("error").string(shown).raw('}');
    }

    static int status(InferenceFailure failure) {
        return switch (failure.kind()) {
            case INVALID_ARGUMENT -> 400;
            case NOT_FOUND -> 404;
            case UNAVAILABLE -> 503;
            case INTERNAL -> 500;
        };
    }

    /// True when nothing can be sent any more.
    static boolean isOver(HttpServerResponse response) {
        return response.ended() || response.closed();
    }
}
