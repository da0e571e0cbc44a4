package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JournalWatchTest {
    @Test
    void aFailureIsToldOnceAndItsEndWithWhatItCost() {
        JournalWatch watch = new JournalWatch();
        Optional<String> full = Optional.of("No space left on device");
        List<LogEvent> told = Stream.of(watch.look(Optional.empty(), 7), watch.look(full, 7), watch.look(full, 30),
                watch.look(Optional.empty(), 40), watch.look(Optional.empty(), 40)).flatMap(Optional::stream).toList();
        assertEquals(List.of(Level.ERROR, Level.INFO), told.stream().map(LogEvent::level).toList());
        assertTrue(told.getFirst().message().contains("No space left on device"), told.toString());
        assertTrue(told.getLast().message().contains("33 rows"), told.toString());
    }
}
