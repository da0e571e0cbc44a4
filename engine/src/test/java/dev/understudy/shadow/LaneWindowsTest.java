package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.shadow.LaneWindows.Window;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LaneWindowsTest {
    private static final long STEP = 1_000_000;

    @Property(tries = 100)
    void everyCycleRestsOnceAndAsLongAsTheOthers(@ForAll long origin,
            @ForAll @LongRange(min = 0, max = 1_000_000) long cycle) {
        LaneWindows windows = new LaneWindows(origin);
        int resting = 0;
        int off = 0;
        int starts = 0;
        boolean before = false;
        for (long at = 0; at < LaneWindows.CYCLE_NANOS; at += STEP) {
            long now = origin + cycle * LaneWindows.CYCLE_NANOS + at;
            assertEquals(cycle, windows.cycle(now));
            boolean rests = windows.restNanos(now) > 0;
            resting += rests ? 1 : 0;
            starts += rests && !before ? 1 : 0;
            off += windows.at(now) == Window.OFF ? 1 : 0;
            before = rests;
        }
        assertEquals(1, starts);
        assertEquals((double) (LaneWindows.OFF_NANOS / STEP), resting, 1);
        assertEquals((double) ((LaneWindows.OFF_NANOS - LaneWindows.SETTLING_NANOS) / STEP), off, 1);
    }

    @Property
    void anAnswerCountsAsOffOnlyWhileTheLaneRests(@ForAll @LongRange(min = 0, max = 1L << 50) long now) {
        LaneWindows windows = new LaneWindows(0);
        boolean rests = windows.restNanos(now) > 0;
        Window window = windows.at(now);
        assertTrue(window != Window.OFF || rests);
        assertTrue(window != Window.ON || !rests);
        assertEquals(0, windows.restNanos(now + windows.restNanos(now)), "a rest ends when it says");
        assertNotEquals(Window.OFF, windows.at(now + windows.restNanos(now)));
    }

    @Test
    void restsDoNotFallInStepWithATrafficOfAnyRhythm() {
        LaneWindows windows = new LaneWindows(0);
        Set<Long> tenths = new HashSet<>();
        for (long cycle = 0; cycle < 200; cycle++) {
            long at = 0;
            while (windows.restNanos(cycle * LaneWindows.CYCLE_NANOS + at) == 0) {
                at += STEP;
            }
            tenths.add(10 * at / LaneWindows.CYCLE_NANOS);
        }
        assertTrue(tenths.size() >= 9, () -> "rests begin in these tenths of a cycle only: " + tenths);
    }
}
