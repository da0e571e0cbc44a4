package dev.understudy.server.http;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.ModelLookup;
import dev.understudy.server.plane.ServerIdentity;
import dev.understudy.server.plane.Traffic;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import java.lang.System.Logger;
import java.util.List;

/// Sends each request where its path and method lead. Not thread-safe; owned by one event loop, which calls it for its own
/// connections.
final class Dispatcher implements Handler<HttpServerRequest> {
    private static final Logger LOG = System.getLogger(Dispatcher.class.getName());

    private final DataPlane plane;
    private final Traffic traffic = new Traffic();

    Dispatcher(DataPlane plane) {
        this.plane = plane;
    }

    @Override
    public void handle(HttpServerRequest request) {
        plane.connections().watch(request);
        HttpServerResponse response = request.response();
        if (response.writeQueueFull()) {
            // This client sends ahead and does not read: its next answer is not made before it has read of the earlier ones.
            request.pause();
            response.drainHandler(_ -> {
                response.drainHandler(null);
                request.resume();
                begin(request);
            });
        } else {
            begin(request);
        }
    }

    private void begin(HttpServerRequest request) {
        try {
            String path = request.path();
            if (isFramedUnknown(request)) {
                Replies.errorAndClose(request, 501, "the only Transfer-Encoding known here is chunked; to compress a "
                        + "body, use Content-Encoding");
            } else {
                dispatch(request, path == null ? Route.NOWHERE : Route.of(path));
            }
        } catch (RuntimeException e) {
            LOG.log(Logger.Level.ERROR, named(request) + " failed inside the server", e);
            Replies.error(request, 500, "the server failed on this request");
        }
    }

    /// Whether the request's body comes in a form whose end the HTTP decoder cannot tell.
    private static boolean isFramedUnknown(HttpServerRequest request) {
        String coding = request.getHeader(HttpHeaders.TRANSFER_ENCODING);
        return coding != null && !coding.equalsIgnoreCase("chunked");
    }

    /// A request by its id, or one of a kind that has none.
    private static String named(HttpServerRequest request) {
        String id = request.response().headers().get(InferenceExchange.REQUEST_ID);
        return id == null ? "a " + request.method() + " without inference" : "request " + id;
    }

    /// Answers what was no HTTP request at all.
    static void refuseMalformed(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        switch (cause) {
            case TooLongHttpHeaderException _ ->
                Replies.errorAndClose(request, 431, "the request's headers are too long");
            case TooLongFrameException _ -> Replies.errorAndClose(request, 414, "the request's path is too long");
            case null, default -> Replies.errorAndClose(request, 400, "this is not a valid HTTP request");
        }
    }

    private void dispatch(HttpServerRequest request, Route route) {
        Route.Kind kind = route.kind();
        if (kind == Route.Kind.UNKNOWN) {
            Replies.error(request, 404, "there is nothing at this path");
        } else if (kind == Route.Kind.MALFORMED) {
            Replies.error(request, 400, "the path is not percent-encoded UTF-8");
        } else if (!allows(kind, request.method())) {
            request.response().putHeader(HttpHeaderNames.ALLOW, kind.isPost() ? "POST" : "GET, HEAD");
            Replies.error(request, 405, "this path takes " + (kind.isPost() ? "POST" : "GET"));
        } else {
            serve(request, route);
        }
    }

    private static boolean allows(Route.Kind kind, HttpMethod method) {
        return kind.isPost()
                ? method.equals(HttpMethod.POST)
                : method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    }

    private void serve(HttpServerRequest request, Route route) {
        switch (route.kind()) {
            case INFER ->
                InferenceExchange.begin(plane, traffic, request, route, ContextInternal.current());
            case SERVER -> Replies.json(request, 200, MetadataJson.server(plane.intake().identity()));
            case LIVE -> Replies.json(request, 200, MetadataJson.live());
            case READY -> {
                boolean ready = plane.endpoint().ready();
                Replies.json(request, ready ? 200 : 503, MetadataJson.ready(ready));
            }
            case MODEL -> {
                switch (lookup(route)) {
                    case ModelLookup.Serving(var model) -> Replies.json(request, 200, MetadataJson.model(model));
                    case ModelLookup.Refused(var failure) -> Replies.failure(request, failure);
                }
            }
            case MODEL_READY -> {
                switch (lookup(route)) {
                    case ModelLookup.Serving _ -> Replies.json(request, 200, MetadataJson.modelReady(route.model()));
                    case ModelLookup.Refused(var failure) ->
                        Replies.json(request, Replies.status(failure),
                                MetadataJson.modelNotReady(route.model(), failure));
                }
            }
            case MODEL_CONFIG -> {
                switch (lookup(route)) {
                    case ModelLookup.Serving(var model) -> Replies.json(request, 200, MetadataJson.config(model));
                    case ModelLookup.Refused(var failure) -> Replies.failure(request, failure);
                }
            }
            case MODEL_STATS -> statistics(request, route);
            case ALL_STATS -> Replies.json(request, 200, MetadataJson.statistics(plane.endpoint().statistics()));
            case INDEX -> new IndexExchange(plane, request).begin();
            // Triton's status where it, too, watches its repository.
            case LOAD, UNLOAD -> Replies.error(request, 503, ServerIdentity.LOADS_NOT_BY_REQUEST);
            case UNKNOWN, MALFORMED -> throw new IllegalStateException("answered before: " + route);
        }
    }

    private ModelLookup lookup(Route route) {
        return plane.endpoint().lookup(route.model(), route.version());
    }

    private void statistics(HttpServerRequest request, Route route) {
        switch (lookup(route)) {
            case ModelLookup.Serving(var model) -> {
                List<ServingStatistics> found = plane.endpoint().statistics().stream()
                        .filter(one -> one.model().equals(model.name()) && one.version().equals(model.version()))
                        .toList();
                Replies.json(request, 200, MetadataJson.statistics(found));
            }
            case ModelLookup.Refused(var failure) -> Replies.failure(request, failure);
        }
    }
}
