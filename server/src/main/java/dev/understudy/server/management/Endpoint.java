package dev.understudy.server.management;

import io.vertx.core.http.HttpMethod;
import java.util.Set;

/// One method on one path of the API.
///
/// @param path       as the router writes it: `/models/:model`
/// @param access     whether it needs the token
/// @param cost       where it runs
/// @param parameters the query parameters it knows; a guarded endpoint refuses others, an open one knows none and ignores
///                   what scrapers and probes may add
/// @param bodyBytesMax the largest body it takes, 0 for none
record Endpoint(HttpMethod method, String path, Access access, Cost cost, Set<String> parameters, int bodyBytesMax,
        Action action) {
    /// Computes the answer; may block.
    @FunctionalInterface
    interface Action {
        Answer answer(Call call) throws Exception;
    }

    /// Who may call.
    enum Access {
        OPEN, GUARDED
    }

    /// What keeps a slow read of the journal from delaying a health check: each cost has threads of its own.
    enum Cost {
        STATUS, JOURNAL, FEEDBACK
    }

    /// The path as OpenAPI writes it: `/models/{model}`.
    String template() {
        return path.replaceAll(":([A-Za-z_]+)", "{$1}");
    }
}
