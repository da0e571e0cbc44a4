package dev.understudy.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/// The open connections of a data plane, and whether their clients are asked to leave. Thread-safe.
///
/// A connection that is kept alive and closed by the server may have a request on its way, which is then lost. So before
/// the server closes any, it answers for a while with `Connection: close`, and clients take their next request elsewhere.
final class Connections {
    private int open;
    private Promise<Void> gone = Promise.promise();
    private volatile boolean leaving;

    void opened(HttpConnection connection) {
        synchronized (this) {
            open++;
        }
        connection.closeHandler(_ -> closed());
    }

    private void closed() {
        @Nullable
        Promise<Void> waiting;
        synchronized (this) {
            open--;
            waiting = open == 0 ? gone : null;
        }
        if (waiting != null) {
            waiting.tryComplete();
        }
    }

    /// From now on every answer over HTTP/1.1 is its connection's last. The future completes as soon as no connection is
    /// open, which clients that send nothing may put off for ever; whoever comes later is waited for by asking again.
    synchronized Future<Void> leave() {
        leaving = true;
        gone = Promise.promise();
        if (open == 0) {
            gone.complete();
        }
        return gone.future();
    }

    /// Has the answer to this request say so, if it is its connection's last.
    void watch(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            // Told by a frame of its own when the server closes, and nothing is lost.
            return;
        }
        HttpServerResponse response = request.response();
        response.headersEndHandler(_ -> {
            if (leaving) {
                response.putHeader(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
        });
        response.endHandler(_ -> {
            // Only behind an answer that says so: a client that was told nothing may have sent its next request.
            if (leaving && response.headers().contains(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
                request.connection().close();
            }
        });
    }
}
