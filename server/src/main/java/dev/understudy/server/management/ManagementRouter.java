package dev.understudy.server.management;

import dev.understudy.journal.JournalException;
import dev.understudy.server.management.Endpoint.Access;
import dev.understudy.server.management.Endpoint.Cost;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Carries calls from the network to the endpoints and their answers back. Runs on the server's event loop; the
/// endpoints run on workers.
final class ManagementRouter {
    private static final String OPERATOR = "understudy-operator";
    private static final int OPERATOR_CHARS_MAX = 100;
    private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private final Gate gate;
    private final Map<Cost, BoundedWorkers> workers;
    private final ControlView view;
    private final Replies replies;

    /// @param workers of every cost
    ManagementRouter(Gate gate, Map<Cost, BoundedWorkers> workers, ControlView view, Replies replies) {
        this.gate = gate;
        this.workers = Map.copyOf(workers);
        this.view = view;
        this.replies = replies;
    }

    /// curl calls every body a form unless told otherwise, and a body read as a form is lost, or refused at its first `%`.
    private static void takeNoFormForOne(RoutingContext context) {
        String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null && type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")) {
            context.request().headers().remove(HttpHeaders.CONTENT_TYPE);
        }
        context.next();
    }

    /// A router of these endpoints that answers everything else with an error of the API's shape.
    Router route(Vertx vertx, List<Endpoint> endpoints) {
        Router router = Router.router(vertx);
        router.route().handler(this::refuseBrokenEscapes);
        router.route().handler(ManagementRouter::takeNoFormForOne);
        Map<String, TreeSet<String>> methods = new TreeMap<>();
        for (Endpoint endpoint : endpoints) {
            TreeSet<String> allowed = methods.computeIfAbsent(endpoint.path(), _ -> new TreeSet<>());
            allowed.add(endpoint.method().name());
            if (endpoint.access() == Access.GUARDED) {
                router.route(endpoint.method(), endpoint.path()).handler(this::guard);
            }
            if (endpoint.bodyBytesMax() > 0) {
                router.route(endpoint.method(), endpoint.path())
                        .handler(BodyHandler.create(false).setBodyLimit(endpoint.bodyBytesMax()))
                        .failureHandler(context -> refuseBody(context, endpoint));
            }
            Route route = router.route(endpoint.method(), endpoint.path());
            if (endpoint.access() == Access.OPEN) {
                route.method(HttpMethod.HEAD);
                allowed.add(HttpMethod.HEAD.name());
            }
            route.handler(context -> call(context, endpoint));
        }
        methods.forEach((path, allowed) -> router.route(path).handler(context -> {
            context.response().putHeader(HttpHeaders.ALLOW, String.join(", ", allowed));
            replies.send(context, Answer.error(405, "this path knows " + String.join(", ", allowed)));
        }));
        router.route().handler(context -> replies.send(context, Answer.error(404, "no such path, see /openapi.json")));
        router.route().failureHandler(this::failed);
        for (int status : new int[]{400, 404, 405, 413, 500}) {
            router.errorHandler(status, this::failed);
        }
        return router;
    }

    /// Stands before everything that decodes the path or the query, which fails on these.
    private void refuseBrokenEscapes(RoutingContext context) {
        if (BROKEN_ESCAPE.matcher(context.request().uri()).find()) {
            replies.send(context, Answer.error(400, "the path or the query is not percent-encoded"));
        } else {
            context.next();
        }
    }

    private void guard(RoutingContext context) {
        Optional<Answer.Json> refusal = gate.refusal(context.request());
        if (refusal.isEmpty()) {
            context.next();
            return;
        }
        if (refusal.get().status() == 401) {
            context.response().putHeader("WWW-Authenticate", "Bearer realm=\"understudy\"");
        }
        replies.send(context, refusal.get());
    }

    private void call(RoutingContext context, Endpoint endpoint) {
        Map<String, String> query = new HashMap<>();
        if (endpoint.access() == Access.GUARDED) {
            for (Map.Entry<String, String> parameter : context.queryParams()) {
                String name = parameter.getKey();
                String refusal = !endpoint.parameters().contains(name)
                        ? "unknown parameter \"" + name + "\"" + known(endpoint)
                        : query.put(name, parameter.getValue()) != null
                                ? "parameter \"" + name + "\" is given twice"
                                : "";
                if (!refusal.isEmpty()) {
                    replies.send(context, Answer.error(400, refusal));
                    return;
                }
            }
        }
        String body = context.body().buffer() == null ? "" : context.body().buffer().toString();
        Call call = new Call(context.pathParams(), query, body, context.request().getHeader(HttpHeaders.CONTENT_TYPE),
                caller(context.request()));
        Objects.requireNonNull(workers.get(endpoint.cost())).answer(() -> endpoint.action().answer(call))
                .onSuccess(answer -> replies.send(context, answer)).onFailure(context::fail);
    }

    private static String caller(HttpServerRequest request) {
        String operator = request.getHeader(OPERATOR);
        String address = request.remoteAddress() == null ? "somewhere" : request.remoteAddress().hostAddress();
        if (operator == null || operator.isBlank()) {
            return address;
        }
        String name = operator.strip().replaceAll("\\p{C}", "?");
        return name.substring(0, Math.min(OPERATOR_CHARS_MAX, name.length())) + " (" + address + ")";
    }

    private void refuseBody(RoutingContext context, Endpoint endpoint) {
        if (context.statusCode() == 413) {
            replies.send(context, Answer.error(413, "the body is larger than " + endpoint.bodyBytesMax() + " bytes"));
        } else if (isClientGone(context.request(), context.failure())) {
            // There is nobody to answer, and it is no fault of the server.
            context.response().reset();
        } else {
            context.next();
        }
    }

    /// Whether a client left, or was lost, before it had sent its body.
    private static boolean isClientGone(HttpServerRequest request, @Nullable Throwable cause) {
        return !request.isEnded() && (cause instanceof IOException || cause instanceof HttpClosedException);
    }

    private static String known(Endpoint endpoint) {
        return endpoint.parameters().isEmpty()
                ? ": there are none here"
                : ", known are " + String.join(", ", new TreeSet<>(endpoint.parameters()));
    }

    private void failed(RoutingContext context) {
        int status = context.statusCode();
        Throwable cause = context.failure();
        if (cause instanceof JournalException) {
            view.fault("the journal cannot be read: " + cause.getMessage());
            replies.send(context, Answer.error(503, "the journal cannot be read at the moment"));
        } else if (status >= 400 && status < 500) {
            replies.send(context, Answer.error(status, "the request cannot be understood"));
        } else {
            view.fault("the management request " + context.request().method() + " "
                    + context.request().path() + " failed: " + cause);
            replies.send(context, Answer.error(500, "internal error, see the server's log"));
        }
    }
}
