package dev.understudy.server.http;

import dev.understudy.engine.RepositoryEntry;
import dev.understudy.server.codec.RepositoryIndexRequest;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/// One question for the repository's index. Owned by the connection's event loop.
final class IndexExchange implements RequestBody.Receiver {
    private static final long BODY_BYTES_MAX = 64 * 1024;

    private final DataPlane plane;
    private final HttpServerRequest request;
    private final RequestBody body;

    IndexExchange(DataPlane plane, HttpServerRequest request) {
        this.plane = plane;
        this.request = request;
        body = new RequestBody(plane.budget(), Math.min(BODY_BYTES_MAX, plane.options().requestBytesMax()), this);
    }

    void begin() {
        body.receive(request);
    }

    @Override
    public void received(byte[] bytes, int offset, int length) {
        body.release();
        switch (RepositoryIndexRequest.decode(bytes, offset, length)) {
            case RepositoryIndexRequest.Wanted(boolean readyOnly) -> {
                List<RepositoryEntry> entries = plane.endpoint().repositoryIndex().stream()
                        .filter(entry -> !readyOnly || entry.state() == RepositoryEntry.State.READY).toList();
                Replies.json(request, 200, MetadataJson.index(entries));
            }
            case RepositoryIndexRequest.Refused(var failure) -> Replies.failure(request, failure);
        }
    }

    @Override
    public void refused(HttpRefusal refusal) {
        Replies.errorAndClose(request, refusal.status(), refusal.sentence());
    }

    @Override
    public void gone() {
        // Nobody is left to answer, and nothing was begun for them.
    }
}
