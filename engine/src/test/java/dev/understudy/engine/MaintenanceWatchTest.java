package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.shadow.Maintenance.Account;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MaintenanceWatchTest {
    private MaintenanceWatch watch = new MaintenanceWatch(true);

    private String look(boolean running, long works, long millis, long answers, long slowestMillis) {
        Optional<LogEvent> told = watch.look(new Account(running, works, millis * 1_000_000, answers,
                slowestMillis * 1_000_000));
        return told.map(LogEvent::message).orElse("");
    }

    @Test
    void itsBeginningAndItsEndAreToldOnceEach() {
        String begins = "a session is being loaded or closed; champions may be slower meanwhile";
        assertEquals("", look(false, 0, 0, 0, 0));
        assertEquals(begins, look(true, 1, 0, 0, 0));
        assertEquals("", look(true, 2, 100, 5, 3));
        assertEquals("loading and closing is over: 2 in 0.40 s, 7 requests answered meanwhile, one in 12.0 ms, the"
                + " slowest so far", look(false, 2, 400, 7, 12));
        assertEquals("", look(false, 2, 400, 7, 12));
        assertEquals(begins, look(true, 3, 400, 7, 12));
    }

    @Test
    void onADeviceThatGoesOnMeanwhileOnlyWhoWasHeldUpIsToldOf() {
        watch = new MaintenanceWatch(false);
        assertEquals("", look(true, 1, 0, 0, 0));
        assertEquals("", look(false, 1, 400, 7, 12));
        assertEquals("", look(true, 2, 400, 7, 12));
        assertEquals("loading and closing is over: 1 in 0.20 s, 2 requests answered meanwhile, one in 150.0 ms, the"
                + " slowest so far", look(false, 2, 600, 9, 150));
        assertEquals("", look(false, 3, 700, 12, 150));
    }

    @Test
    void whatWasOverBeforeAnybodyLookedIsToldAtItsEnd() {
        assertEquals("loading and closing is over: 1 in 0.05 s, 0 requests answered meanwhile",
                look(false, 1, 50, 0, 0));
    }
}
