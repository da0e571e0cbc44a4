package dev.understudy.champion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.batch.BatchPolicy;
import dev.understudy.champion.Admission.Admitted;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.runtime.Signature;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final Signature ONE_INPUT = new Signature(
            List.of(new TensorSpec("in", DataType.FP32, Shape.of(-1, -1))), List.of(), true);
    private static final BatchPolicy FOUR_ROWS = new BatchPolicy(4, 0);
    private static final BatchPolicy FOUR_ROWS_IN_AN_HOUR = new BatchPolicy(4, HOUR_NANOS);

    @Test
    void invariantI5RequestsBeyondTheLimitAreRefusedUntilOneIsTaken() {
        Admission admission = new Admission(2, 100_000, () -> {});
        assertNull(offer(admission, "a", 1));
        assertNull(offer(admission, "b", 1));
        assertEquals("is overloaded: its queue of 2 requests is full; try again", offer(admission, "c", 1));
        assertEquals(2, admission.size());
        assertEquals(List.of("a"), ids(admission.take(BatchPolicy.UNBATCHED, ONE_INPUT)));
        assertNull(offer(admission, "d", 1));
        assertEquals(List.of("b", "d"), ids(admission.take(FOUR_ROWS, ONE_INPUT)));
    }

    @Test
    void invariantI5BytesBeyondTheLimitAreRefusedButNeverTheFirstRequest() {
        long bytesMax = 2 * request("a", Shape.of(5, 1)).heldBytes();
        Admission admission = new Admission(10, bytesMax, () -> {});
        assertNull(offer(admission, "large", 10_000), "40000 bytes into an empty queue");
        assertEquals("is overloaded: the requests waiting for it take all of " + bytesMax + " bytes; try again",
                offer(admission, "small", 1));
        assertEquals(List.of("large"), ids(admission.take(FOUR_ROWS, ONE_INPUT)));
        assertNull(offer(admission, "a", 5));
        assertNull(offer(admission, "b", 5), "as many bytes as there may be");
        assertNotNull(offer(admission, "c", 0), "one without rows takes room too");
    }

    @Test
    void whatWasAdmittedIsStillTakenAfterClosingAndThenBatchesAreEmpty() {
        Admission admission = new Admission(10, 100_000, () -> {});
        offer(admission, "a", 1);
        offer(admission, "b", 1);
        admission.close();
        assertEquals("is being unloaded", offer(admission, "c", 1));
        assertEquals(List.of("a"), ids(admission.take(BatchPolicy.UNBATCHED, ONE_INPUT)));
        assertEquals(List.of("b"), ids(admission.take(FOUR_ROWS_IN_AN_HOUR, ONE_INPUT)),
                "nobody can join it, so it does not wait");
        assertEquals(List.of(), admission.take(FOUR_ROWS, ONE_INPUT));
    }

    @Test
    void closingWakesWhoeverWaitsForARequestOrForCompany() {
        Admission empty = new Admission(10, 100_000, () -> {});
        CompletableFuture<List<Admitted>> idle = CompletableFuture.supplyAsync(() -> empty.take(FOUR_ROWS, ONE_INPUT));
        empty.close();
        assertEquals(List.of(), idle.join());
        Admission one = new Admission(10, 100_000, () -> {});
        offer(one, "a", 1);
        CompletableFuture<List<Admitted>> company = CompletableFuture
                .supplyAsync(() -> one.take(FOUR_ROWS_IN_AN_HOUR, ONE_INPUT));
        one.close();
        assertEquals(List.of("a"), ids(company.join()));
    }

    @Test
    void whoeverWakesATakerSaysSoAndNobodyElseDoes() {
        AtomicInteger woken = new AtomicInteger();
        Admission admission = new Admission(10, 100_000, woken::incrementAndGet);
        offer(admission, "nobody waits", 1);
        assertEquals(0, woken.get());
        admission.take(FOUR_ROWS, ONE_INPUT);
        CompletableFuture<List<Admitted>> batch = new CompletableFuture<>();
        Thread taker = Thread.ofPlatform().start(() -> batch.complete(admission.take(FOUR_ROWS, ONE_INPUT)));
        while (taker.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        offer(admission, "a", 1);
        assertEquals(List.of("a"), ids(batch.join()));
        assertEquals(1, woken.get());
    }

    @Test
    void aFullBatchDoesNotWait() {
        Admission admission = new Admission(10, 100_000, () -> {});
        CompletableFuture<List<Admitted>> batch = CompletableFuture
                .supplyAsync(() -> admission.take(FOUR_ROWS_IN_AN_HOUR, ONE_INPUT));
        offer(admission, "a", 1);
        offer(admission, "b", 1);
        offer(admission, "c", 2);
        assertEquals(List.of("a", "b", "c"), ids(batch.join()));
    }

    @Test
    void aRequestThatCannotJoinEndsTheWaitAndStaysFirst() {
        Admission admission = new Admission(10, 100_000, () -> {});
        offer(admission, "a", 1);
        offer(admission, new Admitted(request("wide", Shape.of(1, 2)), outcome -> {}, System.nanoTime()));
        offer(admission, "b", 1);
        assertEquals(List.of("a"), ids(admission.take(FOUR_ROWS_IN_AN_HOUR, ONE_INPUT)));
        assertEquals(List.of("wide"), ids(admission.take(FOUR_ROWS_IN_AN_HOUR, ONE_INPUT)));
        offer(admission, "c", 4);
        assertEquals(List.of("b"), ids(admission.take(FOUR_ROWS_IN_AN_HOUR, ONE_INPUT)), "one and four are too many");
    }

    @Test
    void aRequestThatHasWaitedItsDelayWaitsNoLonger() {
        Admission admission = new Admission(10, 100_000, () -> {});
        offer(admission, new Admitted(request("old", Shape.of(1, 1)), outcome -> {},
                System.nanoTime() - HOUR_NANOS));
        assertEquals(List.of("old"), ids(admission.take(FOUR_ROWS_IN_AN_HOUR, ONE_INPUT)));
    }

    @Test
    void anInterruptedTakerStillRunsWhatItHolds() {
        Admission admission = new Admission(10, 100_000, () -> {});
        offer(admission, "a", 1);
        Thread.currentThread().interrupt();
        assertEquals(List.of("a"), ids(admission.take(FOUR_ROWS_IN_AN_HOUR, ONE_INPUT)));
        assertTrue(Thread.interrupted());
    }

    @Property(tries = 200)
    void everyRequestIsTakenOnceInOrderInBatchesWithinTheLimit(
            @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 6) Integer> rows) {
        Admission admission = new Admission(100, 100_000, () -> {});
        List<String> offered = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            offered.add("r" + i);
            assertNull(offer(admission, "r" + i, rows.get(i)));
        }
        admission.close();
        List<String> taken = new ArrayList<>();
        for (List<Admitted> batch = admission.take(FOUR_ROWS, ONE_INPUT); !batch.isEmpty(); batch = admission
                .take(FOUR_ROWS, ONE_INPUT)) {
            long sum = batch.stream().mapToLong(admitted -> admitted.request().rows()).sum();
            assertTrue(sum <= 4 || batch.size() == 1 || batch.getFirst().request().rows() == 0, rows::toString);
            taken.addAll(ids(batch));
        }
        assertEquals(offered, taken);
    }

    private static @Nullable String offer(Admission admission, String id, int rows) {
        return offer(admission, new Admitted(request(id, Shape.of(rows, 1)), outcome -> {}, System.nanoTime()));
    }

    private static @Nullable String offer(Admission admission, Admitted admitted) {
        return admission.offer(admitted);
    }

    private static InferenceRequest request(String id, Shape shape) {
        Tensor input = Tensor.ofFloats("in", shape, new float[(int) shape.elements()]);
        return new InferenceRequest("m", null, id, null, List.of(input), List.of(), null, 0);
    }

    private static List<String> ids(List<Admitted> batch) {
        return batch.stream().map(admitted -> admitted.request().requestId()).toList();
    }
}
