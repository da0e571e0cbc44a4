package dev.understudy.server.grpc;

import dev.understudy.infer.RequestIds;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/// Tells gRPC calls from what else comes to the port. Not thread-safe; owned by one event loop, which calls it for its own
/// connections.
final class Dispatcher implements Handler<HttpServerRequest> {
    private static final String GRPC = "application/grpc";

    private final RequestIds requestIds;
    private final Services services;

    Dispatcher(RequestIds requestIds, Services services) {
        this.requestIds = requestIds;
        this.services = services;
    }

    @Override
    public void handle(HttpServerRequest request) {
        String path = request.path();
        if (request.version() != HttpVersion.HTTP_2 || !request.method().equals(HttpMethod.POST) || path == null
                || !isGrpc(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            request.response().setStatusCode(415)
                    .end("this port takes gRPC only: POST over HTTP/2, Content-Type application/grpc\n");
            return;
        }
        Call call = new Call(request, ContextInternal.current(), requestIds.next());
        try {
            services.serve(call, path);
        } catch (RuntimeException e) {
            call.fail(e);
        }
    }

    private static boolean isGrpc(@Nullable String contentType) {
        return contentType != null && contentType.startsWith(GRPC)
                && (contentType.length() == GRPC.length() || contentType.startsWith("+proto", GRPC.length())
                        || contentType.charAt(GRPC.length()) == ';');
    }
}
