package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RestartPolicyTest {
    private static final Duration SOON = Duration.ofSeconds(3);

    @Test
    void onlyWhatANewProcessMayMendIsStartedAgain() {
        List<Integer> mended = IntStream.rangeClosed(0, 255)
                .filter(code -> RestartPolicy.mends(code, OptionalInt.empty()))
                .boxed().toList();
        List<Integer> expected = new ArrayList<>(List.of(ExitCode.DEVICE_LOST));
        // Every signal but hangup, interrupt, quit and terminate.
        IntStream.rangeClosed(129, 192).filter(code -> !List.of(129, 130, 131, 143).contains(code))
                .forEach(expected::add);
        assertEquals(expected, mended);
        assertTrue(RestartPolicy.mends(ExitCode.DEVICE, OptionalInt.of(ExitCode.DEVICE_LOST)), "it may come back");
        assertFalse(RestartPolicy.mends(ExitCode.STATE, OptionalInt.of(ExitCode.DEVICE_LOST)));
    }

    @Test
    void theWaitDoublesFromOneSecondToThirtyAndThenThereAreEnough() {
        List<OptionalLong> waits = new ArrayList<>();
        RestartPolicy policy = RestartPolicy.FRESH;
        for (int i = 0; i <= RestartPolicy.FAILURES_MAX; i++) {
            policy = policy.after(SOON);
            waits.add(policy.waitMillis());
        }
        List<OptionalLong> expected = new ArrayList<>();
        for (long seconds : new long[]{1, 2, 4, 8, 16, 30, 30, 30, 30, 30}) {
            expected.add(OptionalLong.of(1_000 * seconds));
        }
        expected.add(OptionalLong.empty());
        assertEquals(expected, waits);
    }

    @Test
    void aServerThatWasWellForAWhileBeginsAnew() {
        RestartPolicy policy = RestartPolicy.FRESH;
        for (int i = 0; i < 100; i++) {
            policy = policy.after(SOON).after(RestartPolicy.WELL);
            assertEquals(OptionalLong.of(1_000), policy.waitMillis());
        }
    }
}
