package dev.understudy.server.grpc;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The calls of one event loop that only their clients would end. Not thread-safe; owned by that event loop.
final class OpenStreams {
    private final Set<Stream> streams = new HashSet<>();

    /// Such a call.
    interface Stream {
        /// The server is stopping: end, as soon as what was asked is answered.
        void stop();

        /// The call has ended, in whatever way.
        default void over() {}
    }

    /// Knows `stream` as long as its call lasts.
    void add(Call call, Stream stream) {
        streams.add(stream);
        call.whenOver(() -> {
            streams.remove(stream);
            stream.over();
        });
    }

    void stop() {
        List.copyOf(streams).forEach(Stream::stop);
    }
}
