package dev.understudy.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Thread-safe. Writes one line an event. Who logs never waits for the reader of the log: lines go through a bounded
/// queue to a thread of their own, and when a stalled reader has filled it, further ones are counted, not kept.
public final class EventLog implements Consumer<LogEvent>, AutoCloseable {
    private static final int LINES_MAX = 1024;
    private static final String END = "";
    private static final long CLOSE_MILLIS = 2_000;

    private final Format format;
    private final Clock clock;
    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_MAX);
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;

    /// How a line looks.
    public enum Format {
        TEXT, JSON
    }

    /// @param out written to by this log's thread only, until [#close]
    public EventLog(Format format, PrintWriter out, Clock clock) {
        this.format = format;
        this.clock = clock;
        writer = Thread.ofPlatform().daemon().name("log").start(() -> write(out));
    }

    @Override
    public void accept(LogEvent event) {
        if (!lines.offer(line(format, clock.instant(), event))) {
            dropped.incrementAndGet();
        }
    }

    /// Writes what is queued and ends the thread, or gives up on a reader that does not read. Events that come later are
    /// not written.
    @Override
    public void close() {
        try {
            if (lines.offer(END, CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                writer.join(CLOSE_MILLIS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// One event as one line, whatever the message holds.
    static String line(Format format, Instant time, LogEvent event) {
        String stamp = time.truncatedTo(ChronoUnit.MILLIS).toString();
        return switch (format) {
            case TEXT -> stamp + " " + padded(event.level()) + " "
                    + (event.model().isEmpty() ? "" : event.model() + ": ") + event.message().replaceAll("\\R", " ");
            case JSON -> JsonNodeFactory.instance.objectNode().put("time", stamp).put("level", event.level().name())
                    .put("model", event.model()).put("message", event.message()).toString();
        };
    }

    private static String padded(Level level) {
        return level.name().length() < 5 ? level.name() + " " : level.name();
    }

    private void write(PrintWriter out) {
        try {
            for (String line = lines.take(); !line.equals(END); line = lines.take()) {
                out.println(line);
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    out.println(line(format, clock.instant(),
                            new LogEvent(Level.WARN, "", lost + " events were not logged: the log was not read")));
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        out.flush();
    }
}
