package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.verdict.Observation.Memory;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final int HOURS = 72;

    /// Ten-minute samples over three days: bytes by the minute, with the noise of a server about them.
    private static Evidence watched(String criterion, int hours, IntToDoubleFunction bytes) {
        Evidence evidence = new Evidence(Trials.criteria(criterion));
        Random random = new Random(11);
        double noise = 0;
        for (int minute = 0; minute < hours * 60; minute += 10) {
            noise = .5 * noise + 3e6 * random.nextGaussian();
            evidence.take(new Memory(Trials.START + minute, null,
                    (long) (500e6 + bytes.applyAsDouble(minute) + noise)));
        }
        return evidence;
    }

    private static CriterionResult result(Evidence evidence, int hours) {
        return Trials.judge(evidence, hours * 60L).criteria().getFirst();
    }

    @Test
    void noGrowthPassesAfterThePeriodAndNotBefore() {
        String criterion = "memory_growth: {at_most: 2MB/h, over: 72h}";
        CriterionResult early = result(watched(criterion, 48, minute -> 0), 48);
        assertEquals(Outcome.UNDECIDED, early.outcome());
        assertEquals(12, early.samples());
        assertTrue(early.needed().contains("the noise seen here hides growths below about"), early.needed());
        CriterionResult result = result(watched(criterion, HOURS, minute -> 0), HOURS);
        assertEquals(Outcome.PASS, result.outcome(), "seed 11: " + result);
        assertEquals(18, result.samples());
        assertTrue(result.high() <= 2e6 && result.low() < 0, result.toString());
    }

    @Test
    void aLeakFailsEarly() {
        CriterionResult result = result(
                watched("memory_growth: {at_most: 1MB/h, over: 72h}", 48, minute -> 6e6 / 60 * minute), 48);
        assertEquals(Outcome.FAIL, result.outcome(), "seed 11: " + result);
        assertEquals(6e6, result.estimate(), 1e6);
        assertTrue(result.low() > 1e6, result.toString());
    }

    @Test
    void aCapFailsWithTheFirstSampleBeyondIt() {
        String criterion = "memory: {at_most: 550MB}";
        assertEquals(Outcome.PASS, result(watched(criterion, 1, minute -> 0), 1).outcome());
        CriterionResult result = result(watched(criterion, 1, minute -> minute == 20 ? 100e6 : 0), 1);
        assertEquals(Outcome.FAIL, result.outcome());
        assertEquals(600e6, result.estimate(), 20e6);
        assertEquals(Outcome.UNDECIDED, result(new Evidence(Trials.criteria(criterion)), 1).outcome());
    }

    @Test
    void processesVoteEachOnItsOwn() {
        Evidence evidence = new Evidence(Trials.criteria("memory_growth: {at_most: 50MB/h, over: 9h}"));
        for (int minute = 0; minute < 9 * 60; minute += 10) {
            evidence.take(new Memory(Trials.START + minute, "a", 100_000_000));
            evidence.take(new Memory(Trials.START + minute, "b", 900_000_000));
        }
        assertEquals(36, result(evidence, 9).samples());
        assertEquals(Outcome.PASS, result(evidence, 9).outcome());
    }

    /// A window is four hours; the process leaks 6 MB an hour and starts anew every three.
    @Test
    void aLeakIsSeenThoughTheProcessStartsAnewInsideEveryWindow() {
        Evidence evidence = new Evidence(Trials.criteria("memory_growth: {at_most: 1MB/h, over: 72h}"));
        for (int minute = 0; minute < HOURS * 60; minute += 10) {
            int life = minute / 180;
            evidence.take(
                    new Memory(Trials.START + minute, "life " + life, 500_000_000 + 100_000L * (minute - 180 * life)));
        }
        CriterionResult result = result(evidence, HOURS);
        assertEquals(23, result.samples(), "the last window is not over");
        assertEquals(6e6, result.estimate(), 1);
        assertEquals(Outcome.FAIL, result.outcome());
    }
}
