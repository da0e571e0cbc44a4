package dev.understudy.runtime;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.IdleThread;
import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.ffm.ort.Session;
import dev.understudy.ffm.ort.SessionArena;
import dev.understudy.ffm.ort.SessionOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A session and what runs it: a thread, or a GPU's stream. Not thread-safe; owned by the thread that loaded it.
final class PlacedSession implements AutoCloseable {
    /// A look takes some microseconds.
    private static final long MEMORY_LOOK_NANOS = 100_000_000;

    final Session session;
    final RunsOn runsOn;
    private final @Nullable IdleThread thread;
    private final @Nullable StreamPlace stream;
    /// Of the stream's device; null where there is none, or where ONNX Runtime does not tell of it.
    private @Nullable SessionArena arena;
    private long memoryLookedNanos;

    private PlacedSession(Session session, @Nullable IdleThread thread, @Nullable StreamPlace stream, RunsOn runsOn) {
        this.session = session;
        this.thread = thread;
        this.stream = stream;
        this.runsOn = runsOn;
    }

    /// Loads a model to run on the calling thread.
    static PlacedSession onOwner(OrtApi api, Path file, int intraOpThreads) throws OrtFailure {
        return load(api, file, intraOpThreads, null, new RunsOn.Owner(Optional.empty()));
    }

    /// Loads a model to run on a thread of the idle class, or, where there is none to be had, on the calling thread.
    ///
    /// @param threads starts the thread
    static PlacedSession onIdleClass(OrtApi api, Path file, int intraOpThreads, Supplier<Answer<IdleThread>> threads)
            throws OrtFailure {
        return switch (threads.get()) {
            case Answer.Refused<IdleThread>(String reason) ->
                load(api, file, intraOpThreads, null, new RunsOn.Owner(Optional.of(reason)));
            case Answer.Granted<IdleThread>(IdleThread thread) -> {
                try {
                    yield load(api, file, intraOpThreads, thread, new RunsOn.IdleClass(thread.id()));
                } catch (OrtFailure | RuntimeException | Error e) {
                    thread.close();
                    throw e;
                }
            }
        };
    }

    private static PlacedSession load(OrtApi api, Path file, int intraOpThreads, @Nullable IdleThread thread,
            RunsOn runsOn) throws OrtFailure {
        try (SessionOptions options = options(api, intraOpThreads)) {
            return new PlacedSession(new Session(api, file, options, thread), thread, null, runsOn);
        }
    }

    /// Those of every session, in either lane.
    static SessionOptions options(OrtApi api, int intraOpThreads) throws OrtFailure {
        SessionOptions options = new SessionOptions(api);
        options.intraOpThreads(intraOpThreads);
        options.interOpThreads(1);
        // A spinning pool takes the cores from the other lane and from the network threads.
        options.entry("session.intra_op.allow_spinning", "0");
        options.entry("session.inter_op.allow_spinning", "0");
        return options;
    }

    /// Loads a model to run on a stream, which is closed with it, or at once when it does not load.
    ///
    /// @param provider the CUDA provider's settings, which name the stream
    static PlacedSession onStream(OrtApi api, Path file, StreamPlace stream, Map<String, String> provider)
            throws OrtFailure {
        try (SessionOptions options = options(api, 1)) {
            options.entry("session.record_ep_graph_assignment_info", "1");
            options.cuda(provider);
            PlacedSession placed = new PlacedSession(new Session(api, file, options, null), null, stream,
                    stream.runsOn());
            placed.lookIntoMemory(stream);
            return placed;
        } catch (OrtFailure | RuntimeException | Error e) {
            stream.close();
            throw e;
        }
    }

    /// The stream it runs on; null on the processors.
    @Nullable
    StreamPlace stream() {
        return stream;
    }

    /// Where its inputs and outputs are to lie.
    HostMemory memory() {
        return stream == null ? HostMemory.pageable() : stream.memory();
    }

    private void lookIntoMemory(StreamPlace place) {
        try {
            arena = SessionArena.ofCuda(session, place.device());
        } catch (OrtFailure e) {
            // What is not known is left out; the model runs all the same.
            return;
        }
        memoryLookedNanos = System.nanoTime() - MEMORY_LOOK_NANOS;
        noteMemory();
    }

    /// A run is over, which may have taken more memory.
    void noteMemory() {
        SessionArena looked = arena;
        if (looked == null || stream == null || System.nanoTime() - memoryLookedNanos < MEMORY_LOOK_NANOS) {
            return;
        }
        memoryLookedNanos = System.nanoTime();
        try {
            SessionArena.Use use = looked.use();
            stream.remember(new SessionMemory(use.taken(), use.peak()));
        } catch (OrtFailure e) {
            stream.remember(null);
        }
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
        }
        session.close();
        if (thread != null) {
            thread.close();
        }
        if (stream != null) {
            stream.close();
        }
    }
}
