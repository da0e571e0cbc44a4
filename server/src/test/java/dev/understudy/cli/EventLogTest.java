package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class EventLogTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00.123456Z");
    private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);

    @Test
    void anEventIsOneLineOfTextWhateverItHolds() {
        assertEquals("2026-01-02T12:00:00.123Z WARN  digits: refused because",
                EventLog.line(EventLog.Format.TEXT, NOON, new LogEvent(Level.WARN, "digits", "refused\nbecause")));
        assertEquals("2026-01-02T12:00:00.123Z ERROR disk full",
                EventLog.line(EventLog.Format.TEXT, NOON, new LogEvent(Level.ERROR, "", "disk full")));
    }

    @Test
    void anEventIsOneLineOfJsonWhateverItHolds() throws Exception {
        String line = EventLog.line(EventLog.Format.JSON, NOON, new LogEvent(Level.INFO, "a\"b", "one\ntwo"));
        assertEquals(1, line.lines().count());
        JsonNode json = JsonMapper.builder().build().readTree(line);
        assertEquals("2026-01-02T12:00:00.123Z", json.path("time").asText());
        assertEquals("INFO", json.path("level").asText());
        assertEquals("a\"b", json.path("model").asText());
        assertEquals("one\ntwo", json.path("message").asText());
        assertEquals(4, json.size());
    }

    @Test
    void closingWritesWhatWasLogged() {
        StringWriter text = new StringWriter();
        try (EventLog log = new EventLog(EventLog.Format.TEXT, new PrintWriter(text), CLOCK)) {
            for (int i = 0; i < 100; i++) {
                log.accept(new LogEvent(Level.INFO, "", "event " + i));
            }
        }
        List<String> lines = text.toString().lines().toList();
        assertEquals(100, lines.size());
        assertTrue(lines.get(99).endsWith("event 99"));
    }

    @Test
    void whoLogsNeverWaitsForAReaderThatDoesNotReadAndTheLossIsCounted() {
        CountDownLatch reading = new CountDownLatch(1);
        StringWriter text = new StringWriter();
        PrintWriter stalled = new PrintWriter(new Stalled(text, reading));
        int events = 5000;
        try (EventLog log = new EventLog(EventLog.Format.TEXT, stalled, CLOCK)) {
            for (int i = 0; i < events; i++) {
                log.accept(new LogEvent(Level.INFO, "", "event " + i));
            }
            reading.countDown();
        }
        long written = text.toString().lines().filter(line -> line.contains(" event ")).count();
        assertTrue(written < events, "nothing was lost, so nothing was bounded");
        assertTrue(text.toString().contains((events - written) + " events were not logged"), text.toString());
    }

    @Test
    void closingGivesUpOnAReaderThatNeverReads() {
        CountDownLatch reading = new CountDownLatch(1);
        EventLog log = new EventLog(EventLog.Format.TEXT, new PrintWriter(new Stalled(new StringWriter(), reading)),
                CLOCK);
        for (int i = 0; i < 5000; i++) {
            log.accept(new LogEvent(Level.INFO, "", "event " + i));
        }
        log.close();
        reading.countDown();
    }

    /// Blocks whoever writes until it is read from.
    private static final class Stalled extends Writer {
        private final Writer to;
        private final CountDownLatch reading;

        Stalled(Writer to, CountDownLatch reading) {
            this.to = to;
            this.reading = reading;
        }

        @Override
        public void write(char[] buffer, int offset, int length) throws IOException {
            try {
                reading.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            to.write(buffer, offset, length);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
