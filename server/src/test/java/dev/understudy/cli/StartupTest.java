package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class StartupTest {
    private static final int TERM = 15;

    private final StopSignals signals = new StopSignals(code -> {});

    @Test
    void aStopDoesNotWaitForAStartThatBlocksAndWhatStartsAfterwardsIsClosed() throws Exception {
        CountDownLatch loaded = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        Startup<AutoCloseable> startup = new Startup<>(() -> {
            loaded.await();
            return closed::countDown;
        });
        signals.receive(TERM);
        assertFalse(startup.await(signals));
        startup.abandon();
        assertEquals(1, closed.getCount());
        loaded.countDown();
        closed.await();
    }

    @Test
    void aStartEndsWithWhatStartedOrWithItsOwnFailure() throws Exception {
        AutoCloseable server = () -> {};
        Startup<AutoCloseable> good = new Startup<>(() -> server);
        assertTrue(good.await(signals));
        assertSame(server, good.result());
        CommandFailure failure = new CommandFailure(ExitCode.PORT, "taken");
        Startup<AutoCloseable> bad = new Startup<>(() -> {
            throw failure;
        });
        assertTrue(bad.await(signals));
        assertSame(failure, assertThrows(CommandFailure.class, bad::result));
    }
}
