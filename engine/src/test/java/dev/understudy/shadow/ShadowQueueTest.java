package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.ShedReason;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ShadowQueueTest {
    private static final HeapBudget UNBOUNDED = new HeapBudget(Long.MAX_VALUE);

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
        HeapBudget shared = new HeapBudget(100);
        ShadowQueue one = new ShadowQueue(100, 1_000, shared);
        ShadowQueue other = new ShadowQueue(100, 1_000, shared);
        assertNull(one.offer(request(5)), "80 bytes");
        assertEquals(ShedReason.BYTES_FULL, other.offer(request(2)));
        assertEquals(80, shared.taken(), "the refused one took nothing");
        one.release(Objects.requireNonNull(one.poll()));
        assertNull(other.offer(request(2)));
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
