package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SettlingTest {
    @Test
    void timeRunsFromTheLastChange() {
        Settling<String> settling = new Settling<>();
        assertEquals(0, settling.observe("a", 100, 0));
        assertEquals(50, settling.observe("a", 150, 0));
        assertEquals(0, settling.observe("b", 160, 0));
        assertEquals(0, settling.observe("a", 170, 0));
        assertEquals(30, settling.observe("a", 200, 0));
    }

    @Test
    void ageIsPresumedOnlyOfWhatWasNotSeenBefore() {
        Settling<String> settling = new Settling<>();
        assertEquals(1000, settling.observe("a", 0, 1000));
        assertEquals(1010, settling.observe("a", 10, 5));
    }

    @Test
    void aClockThatPassesZeroChangesNothing() {
        Settling<String> settling = new Settling<>();
        settling.observe("a", Long.MAX_VALUE - 5, 0);
        assertEquals(10, settling.observe("a", Long.MIN_VALUE + 4, 0));
    }
}
