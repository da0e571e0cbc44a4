package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.ShedReason;
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
    private static final int BUDGET = 32_000;

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
        ShadowQueue queue = new ShadowQueue(100, 100, UNBOUNDED);
        assertNull(queue.offer(request(5)), "80 bytes");
        assertEquals(ShedReason.BYTES_FULL, queue.offer(request(2)), "32 more");
        assertNull(queue.offer(request(1)));
    }

    @Test
    void invariantI5AllChallengersTogetherKeepNoMoreThanTheSharedBudget() {
        HeapBudget shared = new HeapBudget(160);
        ShadowQueue one = new ShadowQueue(100, 1_000, shared);
        ShadowQueue other = new ShadowQueue(100, 1_000, shared);
        assertNull(one.offer(request(5)), "80 bytes, as many as are left");
        assertEquals(ShedReason.BYTES_FULL, one.offer(request(1)));
        assertEquals(ShedReason.BYTES_FULL, other.offer(request(3)), "48 of 80");
        assertEquals(80, shared.taken(), "the refused ones took nothing");
        assertNull(other.offer(request(2)));
        one.release(Objects.requireNonNull(one.poll()));
        assertNull(other.offer(request(3)));
    }

    /// The first fill as much as they may in this order, some may be idle; the next then finds room at once, and is not
    /// pressed by what they hold.
    @Property
    void invariantI5FullQueuesOfOthersNeitherShutOutNorPressOneThatIsNotFull(
            @ForAll @Size(max = 8) List<@IntRange(max = 40) Integer> rowsOfOthers) {
        HeapBudget shared = new HeapBudget(BUDGET);
        for (int rows : rowsOfOthers) {
            ShadowQueue other = new ShadowQueue(BUDGET, BUDGET, shared);
            for (ShedReason reason = null; rows > 0 && reason == null;) {
                reason = other.offer(request(rows));
            }
        }
        assertTrue(shared.taken() <= BUDGET);
        ShadowQueue innocent = new ShadowQueue(BUDGET, BUDGET, shared);
        assertEquals(0, innocent.fullness());
        assertNull(innocent.offer(request(1)), () -> "only " + (BUDGET - shared.taken()) + " bytes left");
        assertTrue(innocent.fullness() < AdaptiveRate.LOW_PRESSURE);
    }

    /// Each is offered more than it can run, by turns, for long.
    @Property(tries = 50)
    void invariantI5QueuesThatAreAlwaysOfferedTooMuchComeToEqualParts(@ForAll @IntRange(min = 1, max = 8) int count) {
        HeapBudget shared = new HeapBudget(BUDGET);
        List<ShadowQueue> queues = Stream.generate(() -> new ShadowQueue(BUDGET, BUDGET, shared)).limit(count)
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
        long fair = BUDGET / (count + 1) / request(1).bytes();
        for (ShadowQueue queue : queues) {
            assertTrue(Math.abs(fair - queue.rows()) <= 2, () -> count + " queues: " + queue.rows() + " of " + fair);
        }
    }

    @Test
    void orderIsKept() {
        ShadowQueue queue = new ShadowQueue(10, 1_000, UNBOUNDED);
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
