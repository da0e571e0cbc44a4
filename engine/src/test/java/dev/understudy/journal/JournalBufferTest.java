package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.LedgerCounts;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JournalBufferTest {
    private static final long FOREVER = TimeUnit.DAYS.toNanos(1);

    private static JournalBuffer buffer(int rowsMax, long bytesMax, long appendWaitNanos) {
        return new JournalBuffer(new JournalLimits.Buffer(rowsMax, bytesMax, 1, FOREVER, appendWaitNanos, 1));
    }

    private static JournalEntry row(int floats) {
        Comparison comparison = Samples.comparison("r", 2);
        Capture capture = floats == 0
                ? null
                : new Capture(comparison, List.of(
                        Tensor.ofFloats("x", Shape.of(floats), new float[floats])),
                        List.of(), List.of());
        return new JournalEntry.Compared(comparison, capture, CaptureSelection.Decision.NONE, Seen.NOTHING);
    }

    @Test
    void fullBufferLosesTheRowAfterTheWaitAndTheAccountBalances() throws InterruptedException {
        JournalBuffer buffer = buffer(2, 1000, 0);
        assertTrue(buffer.append(row(0)));
        assertTrue(buffer.append(row(0)));
        assertFalse(buffer.append(row(0)));
        assertEquals(new JournalCounts(3, 0, 1, 2), buffer.counts());
        assertEquals(2, taken(buffer.take()).rows().size());
        assertTrue(buffer.append(row(0)));
        buffer.committed(2);
        assertEquals(new JournalCounts(4, 2, 1, 1), buffer.counts());
    }

    private static JournalBuffer.Batch taken(JournalBuffer.@Nullable Batch batch) {
        assertNotNull(batch);
        return batch;
    }

    @Test
    void bytesAreBoundedYetOneLargeRowIsTakenAlone() {
        JournalBuffer buffer = buffer(100, 100, 0);
        assertTrue(buffer.append(row(1000)));
        assertFalse(buffer.append(row(1)));
        JournalBuffer other = buffer(100, row(20).bytes() + row(5).bytes(), 0);
        assertTrue(other.append(row(20)));
        assertFalse(other.append(row(6)));
        assertTrue(other.append(row(5)));
    }

    @Test
    void invariantI5ACapturedRequestCountsWithAllOfTheBodyItIsAPartOf() {
        JournalBuffer buffer = buffer(100, 10_000, 0);
        assertTrue(buffer.append(row(1)));
        MemorySegment body = MemorySegment.ofArray(new byte[10_000]);
        Comparison comparison = Samples.comparison("r", 2);
        Capture small = new Capture(comparison,
                List.of(new Tensor("x", DataType.FP32, Shape.of(1), body.asSlice(9_996))), List.of(), List.of());
        assertEquals(4, small.byteSize(), "what it takes on disk");
        assertFalse(buffer.append(
                new JournalEntry.Compared(comparison, small, CaptureSelection.Decision.NONE, Seen.NOTHING)));
    }

    @Test
    void appendWaitsForRoomAndGoesOnWhenTheWriterTakes() throws InterruptedException {
        JournalBuffer buffer = buffer(1, 1000, FOREVER);
        assertTrue(buffer.append(row(0)));
        Thread appender = Thread.ofPlatform().start(() -> buffer.append(row(0)));
        while (buffer.counts().appended() < 2) {
            Thread.onSpinWait();
        }
        assertEquals(1, taken(buffer.take()).rows().size());
        appender.join();
        assertEquals(new JournalCounts(2, 0, 0, 2), buffer.counts());
    }

    @Test
    void waitingAppendIsLostOnceTheWriterFailsOrTheBufferCloses() throws InterruptedException {
        for (boolean fails : new boolean[]{true, false}) {
            JournalBuffer buffer = buffer(1, 1000, FOREVER);
            buffer.append(row(0));
            Thread appender = Thread.ofPlatform().start(() -> assertFalse(buffer.append(row(0))));
            while (buffer.counts().appended() < 2) {
                Thread.onSpinWait();
            }
            if (fails) {
                assertTrue(buffer.failed(0));
            } else {
                buffer.close();
            }
            appender.join();
            assertEquals(1, buffer.counts().lost());
        }
    }

    @Test
    void interruptedAppendIsLostAndStaysInterrupted() {
        JournalBuffer buffer = buffer(1, 1000, FOREVER);
        buffer.append(row(0));
        Thread.currentThread().interrupt();
        assertFalse(buffer.append(row(0)));
        assertTrue(Thread.interrupted());
        assertEquals(new JournalCounts(2, 0, 1, 1), buffer.counts());
    }

    @Test
    void closedBufferGivesWhatWaitsAndThenEnds() throws InterruptedException {
        JournalBuffer buffer = buffer(5, 1000, FOREVER);
        buffer.append(row(0));
        buffer.ledger(Samples.PAIR, LedgerCounts.ZERO);
        buffer.close();
        JournalBuffer.Batch batch = taken(buffer.take());
        assertEquals(1, batch.rows().size());
        assertEquals(Map.of(Samples.PAIR, LedgerCounts.ZERO), batch.ledgers());
        assertNull(buffer.take());
    }

    @Test
    void abandonedBufferLosesWhatWaitsAndWhatWasInHandAndEndsFlushes() throws InterruptedException {
        JournalBuffer buffer = buffer(5, 1000, FOREVER);
        buffer.append(row(0));
        assertNotNull(buffer.take());
        buffer.append(row(0));
        buffer.abandon(1);
        assertEquals(new JournalCounts(2, 0, 2, 0), buffer.counts());
        assertFalse(buffer.flush());
        assertFalse(buffer.append(row(0)));
    }
}
