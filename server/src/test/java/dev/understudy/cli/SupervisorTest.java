package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.EngineConfig.LogEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Servers that end as the test says, on a clock of the test's own.
final class SupervisorTest {
    private static final int SEGV = 128 + 11;

    private final List<OptionalInt> told = new ArrayList<>();
    private final List<Long> waits = new ArrayList<>();
    private final List<LogEvent> log = new ArrayList<>();
    private final List<String> commands = new ArrayList<>();
    private final Deque<Life> lives = new ArrayDeque<>();
    private long nanos;
    private final Supervisor supervisor = new Supervisor(this::start, (stopping, millis) -> {
        waits.add(millis);
        return stopping.getCount() == 0;
    }, () -> nanos, log::add);

    /// @param meanwhile what happens while it lives
    private record Life(int exitCode, long seconds, Runnable meanwhile) {}

    private Supervisor.Child start(OptionalInt lastExit) {
        told.add(lastExit);
        Life life = lives.pop();
        return new Supervisor.Child() {
            @Override
            public int await() {
                life.meanwhile().run();
                nanos += TimeUnit.SECONDS.toNanos(life.seconds());
                return life.exitCode();
            }

            @Override
            public void stop() {
                commands.add("stop");
            }

            @Override
            public void kill() {
                commands.add("kill");
            }
        };
    }

    private void life(int exitCode, long seconds) {
        lives.add(new Life(exitCode, seconds, () -> {}));
    }

    private int run() throws IOException, InterruptedException {
        return supervisor.run();
    }

    @Test
    void aCrashedServerIsStartedAgainAndToldHowTheOneBeforeEndedAndTheLastExitCodeIsItsOwn() throws Exception {
        life(SEGV, 600);
        life(ExitCode.DEVICE_LOST, 5);
        life(128 + 9, 600);
        life(ExitCode.OK, 5);
        assertEquals(ExitCode.OK, run());
        assertEquals(List.of(OptionalInt.empty(), OptionalInt.of(SEGV), OptionalInt.of(ExitCode.DEVICE_LOST),
                OptionalInt.of(128 + 9)), told);
        assertEquals(List.of(1_000L, 2_000L, 1_000L), waits);
        assertEquals("the server ended: signal 11, SIGSEGV; it is started again in 1 s", log.getFirst().message());
        assertEquals("the server ended: the device was lost; it is started again in 2 s", log.get(1).message());
        assertEquals(3, log.size());
    }

    @Test
    void aLostDeviceIsGivenTimeToComeBack() throws Exception {
        life(ExitCode.DEVICE_LOST, 600);
        life(ExitCode.DEVICE, 0);
        life(ExitCode.OK, 600);
        assertEquals(ExitCode.OK, run());
        assertEquals(List.of(1_000L, 2_000L), waits);
    }

    @Test
    void whatTheServerDecidedIsNotStartedAgain() throws Exception {
        for (int exitCode : new int[]{ExitCode.OK, ExitCode.FAILED, ExitCode.USAGE, ExitCode.REPOSITORY, ExitCode.STATE,
            ExitCode.PORT, ExitCode.DEVICE, 128 + 15}) {
            life(exitCode, 0);
            assertEquals(exitCode, run());
        }
        assertEquals(List.of(), waits);
        assertEquals(List.of(), log);
    }

    @Test
    void afterManyQuickFailuresItGivesUpWithTheServersCodeAndSaysSo() throws Exception {
        for (int i = 0; i <= RestartPolicy.FAILURES_MAX; i++) {
            life(SEGV, 1);
        }
        assertEquals(SEGV, run());
        assertEquals(RestartPolicy.FAILURES_MAX, waits.size());
        assertTrue(log.getLast().message().endsWith("it is not started again"), log.toString());
    }

    @Test
    void aStopIsPassedOnAndWhateverTheServerThenEndsWithIsTheEnd() throws Exception {
        lives.add(new Life(SEGV, 600, supervisor::stop));
        assertEquals(SEGV, run());
        assertEquals(List.of("stop"), commands);
        assertEquals(List.of(), waits);
    }

    @Test
    void aSecondStopKills() throws Exception {
        lives.add(new Life(128 + 9, 600, () -> {
            supervisor.stop();
            supervisor.kill();
        }));
        assertEquals(128 + 9, run());
        assertEquals(List.of("stop", "kill"), commands);
    }

    @Test
    void aStopBetweenTwoServersStartsNoOther() throws Exception {
        supervisor.stop();
        supervisor.kill();
        assertEquals(ExitCode.OK, run());
        assertEquals(List.of(), told);
        assertEquals(List.of(), commands);
    }
}
