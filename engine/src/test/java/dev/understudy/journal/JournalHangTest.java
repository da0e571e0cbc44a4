package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk that hangs: neither an answer nor an error. The writer hangs in the clock it reads for each commit; reads hang before
/// the database, whose monitor somebody holds.
@Timeout(60)
class JournalHangTest {
    private static final JournalLimits IMPATIENT = Samples.QUICK
            .withAnswerWaitNanos(TimeUnit.MILLISECONDS.toNanos(100));

    private final Path directory;

    JournalHangTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private static Instant noonOnce(CountDownLatch answers) {
        boolean interrupted = false;
        while (true) {
            try {
                answers.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return Instant.ofEpochMilli(Samples.NOON);
    }

    @Test
    void flushOfAJournalThatHangsEndsAndItIsWellAgainWhenItAnswers() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        try (Journal journal = Journal.open(directory, IMPATIENT, () -> noonOnce(answers))) {
            journal.append(Samples.bare("r", 0));
            assertFalse(journal.flush());
            assertTrue(journal.failure().orElseThrow().contains("not answered"), journal.failure().toString());
            answers.countDown();
            while (!journal.flush()) {
                Thread.onSpinWait();
            }
            assertTrue(journal.failure().isEmpty());
            assertEquals(new JournalCounts(1, 1, 0, 0), journal.counts());
        } finally {
            answers.countDown();
        }
    }

    @Test
    void closingAJournalThatHangsEndsAndSaysSo() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        Journal journal = Journal.open(directory, IMPATIENT, () -> noonOnce(answers));
        try {
            journal.append(Samples.bare("r", 0));
            JournalException said = assertThrows(JournalException.class, journal::close);
            assertTrue(String.valueOf(said.getMessage()).contains("not answered"), said::toString);
        } finally {
            answers.countDown();
            while (journal.counts().pending() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void whatADecisionReadsEndsWhileTheDatabaseHangsAndFailsAtOnceUntilItAnswers() throws Exception {
        try (Journal journal = Journal.open(directory, IMPATIENT)) {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Thread holder = Thread.ofPlatform().start(() -> {
                synchronized (journal.database()) {
                    held.countDown();
                    noonOnce(release);
                }
            });
            held.await();
            try {
                assertThrows(JournalException.class, () -> journal.evaluation(Samples.PAIR));
                assertThrows(JournalException.class, () -> journal.minutes(Samples.PAIR));
                assertThrows(JournalException.class, () -> journal.recordedInputs("digits", 8));
                assertThrows(JournalException.class, journal::sha256WithEvidence);
                assertTrue(journal.failure().orElseThrow().contains("not answered"), journal.failure().toString());
            } finally {
                release.countDown();
                holder.join();
            }
            while (journal.failure().isPresent()) {
                Thread.onSpinWait();
            }
            assertTrue(journal.evaluation(Samples.PAIR).isEmpty());
        }
    }

    @Test
    void closingWaitsForNoReadForEver() throws Exception {
        Journal journal = Journal.open(directory, IMPATIENT);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().start(() -> {
            synchronized (journal.database()) {
                held.countDown();
                noonOnce(release);
            }
        });
        held.await();
        try {
            JournalException said = assertThrows(JournalException.class, journal::close);
            assertTrue(String.valueOf(said.getMessage()).contains("not answered"), said::toString);
        } finally {
            release.countDown();
            holder.join();
        }
        while (journal.failure().isPresent()) {
            Thread.onSpinWait();
        }
    }
}
