package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

final class FaultLogTest {
    private final List<LogEvent> events = new ArrayList<>();
    private final FaultLog log = new FaultLog(events::add);
    private final IllegalStateException fault = new IllegalStateException("odd");

    FaultLogTest() {
        fault.setStackTrace(new StackTraceElement[]{new StackTraceElement("a.B", "c", "B.java", 7)});
    }

    @Test
    void whatAThreadDiesOfIsOneEvent() {
        log.uncaughtException(new Thread(() -> {}, "champion-1"), fault);
        assertEquals(List.of(new LogEvent(Level.ERROR, "",
                "a fault on thread champion-1: java.lang.IllegalStateException: odd at a.B.c(B.java:7)")), events);
    }

    @Test
    void whatALibraryLogsIsOneEventOfItsLevel() {
        LogRecord error = new LogRecord(java.util.logging.Level.SEVERE, "request {0} failed");
        error.setParameters(new Object[]{"ab-1"});
        error.setThrown(fault);
        log.publish(error);
        log.publish(new LogRecord(java.util.logging.Level.WARNING, "low"));
        log.publish(new LogRecord(java.util.logging.Level.INFO, "up"));
        assertEquals(List.of(
                new LogEvent(Level.ERROR, "",
                        "request ab-1 failed: java.lang.IllegalStateException: odd at a.B.c(B.java:7)"),
                new LogEvent(Level.WARN, "", "low"), new LogEvent(Level.INFO, "", "up")), events);
    }
}
