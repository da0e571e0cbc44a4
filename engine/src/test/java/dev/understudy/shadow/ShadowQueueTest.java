package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.ShedReason;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShadowQueueTest {
    private static final HeapBudget UNBOUNDED = new HeapBudget(Long.MAX_VALUE);
    private static final int ROWS_MAX = 1 << 16;
    private static final long BUDGET = 2_000 * request(1).heldBytes();

    @Test
    void invariantI5RowsBeyondTheLimitAreShedAndRoomComesBackWhenReleased() {
        ShadowQueue queue = new ShadowQueue(4, 1_000_000, UNBOUNDED);
        assertNull(queue.offer(request(3)));
        assertEquals(ShedReason.QUEUE_FULL, queue.offer(request(2)));
        assertNull(queue.offer(request(1)), "the refused one took no room");
        assertEquals(4, queue.rows());
        Mirrored taken = Objects.requireNonNull(queue.poll());
        assertEquals(3, taken.request().rows());
        assertEquals(ShedReason.QUEUE_FULL, queue.offer(request(1)), "what runs still counts");
        queue.release(taken);
        assertNull(queue.offer(request(3)));
    }

    @Test
    void invariantI5BytesBeyondTheLimitAreShed() {
        ShadowQueue queue = new ShadowQueue(100, request(5).heldBytes() + request(1).heldBytes(), UNBOUNDED);
        assertNull(queue.offer(request(5)));
        assertEquals(ShedReason.BYTES_FULL, queue.offer(request(2)));
        assertNull(queue.offer(request(1)));
    }

    /// One row of four bytes each, in a body, with an id and in a segment as long as the client likes.
    @Property
    void invariantI5WhateverItsClientsSendItHoldsNoMoreMemoryThanItsBytes(
            @ForAll @Size(max = 60) List<@IntRange(min = 4, max = 20_000) Integer> bodyBytes,
            @ForAll @IntRange(max = 20_000) int idChars, @ForAll @IntRange(max = 20_000) int segmentChars) {
        ShadowQueue queue = new ShadowQueue(100, 100_000, UNBOUNDED);
        long held = 0;
        for (int bytes : bodyBytes) {
            Tensor input = new Tensor("in", DataType.FP32, Shape.of(1),
                    MemorySegment.ofArray(new byte[bytes]).asSlice(bytes - 4));
            Mirrored mirrored = new Mirrored(new InferenceRequest("m", null, "id", "i".repeat(idChars), List.of(input),
                    List.of(), "s".repeat(segmentChars), 0), InferenceFailure.invalid("none"), 0);
            if (queue.offer(mirrored) == null) {
                held += bytes + Objects.requireNonNull(mirrored.request().id()).length()
                        + Objects.requireNonNull(mirrored.request().segment()).length();
            }
        }
        assertTrue(held <= 100_000, "held=" + held);
    }

    @Test
    void invariantI5RequestsWithoutRowsOrBytesTakeRoomToo() {
        ShadowQueue queue = new ShadowQueue(4, 1_000_000, UNBOUNDED);
        for (int i = 0; i < 4; i++) {
            assertNull(queue.offer(request(0)));
        }
        Backlog backlog = new Backlog(queue);
        backlog.receive();
        assertEquals(4, backlog.rows());
        assertEquals(ShedReason.QUEUE_FULL, queue.offer(request(0)), "what was taken over still counts");
    }

    @Test
    void invariantI5AllChallengersTogetherKeepNoMoreThanTheSharedBudget() {
        long half = request(5_000).heldBytes();
        HeapBudget shared = new HeapBudget(2 * half);
        ShadowQueue one = new ShadowQueue(ROWS_MAX, 3 * half, shared);
        ShadowQueue other = new ShadowQueue(ROWS_MAX, 3 * half, shared);
        assertNull(one.offer(request(5_000)), "as many bytes as are left");
        assertEquals(ShedReason.BYTES_FULL, one.offer(request(1)));
        assertEquals(ShedReason.BYTES_FULL, other.offer(request(3_000)), "more than half of what is left");
        assertEquals(half, shared.taken(), "the refused ones took nothing");
        assertNull(other.offer(request(2_000)));
        one.release(Objects.requireNonNull(one.poll()));
        assertNull(other.offer(request(2_500)));
    }

    /// The first fill as much as they may in this order, some may be idle; the next then finds room at once, and is not
    /// pressed by what they hold.
    @Property
    void invariantI5FullQueuesOfOthersNeitherShutOutNorPressOneThatIsNotFull(
            @ForAll @Size(max = 8) List<@IntRange(max = 40) Integer> rowsOfOthers) {
        HeapBudget shared = new HeapBudget(BUDGET);
        for (int rows : rowsOfOthers) {
            ShadowQueue other = new ShadowQueue(ROWS_MAX, BUDGET, shared);
            for (ShedReason reason = null; rows > 0 && reason == null;) {
                reason = other.offer(request(rows));
            }
        }
        assertTrue(shared.taken() <= BUDGET);
        ShadowQueue innocent = new ShadowQueue(ROWS_MAX, BUDGET, shared);
        assertEquals(0, innocent.fullness());
        assertNull(innocent.offer(request(1)), () -> "only " + (BUDGET - shared.taken()) + " bytes left");
        assertTrue(innocent.fullness() < AdaptiveRate.LOW_PRESSURE);
    }

    /// Each is offered more than it can run, by turns, for long.
    @Property(tries = 50)
    void invariantI5QueuesThatAreAlwaysOfferedTooMuchComeToEqualParts(@ForAll @IntRange(min = 1, max = 8) int count) {
        HeapBudget shared = new HeapBudget(BUDGET);
        List<ShadowQueue> queues = Stream.generate(() -> new ShadowQueue(ROWS_MAX, BUDGET, shared)).limit(count)
                .toList();
        for (int round = 0; round < 2_000; round++) {
            for (ShadowQueue queue : queues) {
                while (queue.offer(request(1)) == null && round > 0) {
                    // Filled up.
                }
                queue.release(Objects.requireNonNull(queue.poll()));
                assertTrue(shared.taken() <= BUDGET);
            }
        }
        long fair = BUDGET / (count + 1) / request(1).heldBytes();
        for (ShadowQueue queue : queues) {
            assertTrue(Math.abs(fair - queue.rows()) <= 2, () -> count + " queues: " + queue.rows() + " of " + fair);
        }
    }

    @Test
    void orderIsKept() {
        ShadowQueue queue = new ShadowQueue(10, 100_000, UNBOUNDED);
        Mirrored first = request(1);
        Mirrored second = request(2);
        queue.offer(first);
        queue.offer(second);
        assertSame(first, queue.poll());
        assertSame(second, queue.poll());
        assertNull(queue.poll());
    }

    private static Mirrored request(int rows) {
        Tensor input = Tensor.ofFloats("in", Shape.of(rows, 4), new float[rows * 4]);
        return new Mirrored(new InferenceRequest("m", null, "id", null, List.of(input), List.of(), null, 0),
                InferenceFailure.invalid("none"), 0);
    }
}
