package dev.understudy.verdict;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a row of evidence holds beside its counts. Immutable.
///
/// Encoded as a kind byte and then variable-length numbers (seven bits a byte, the low ones first). [Bins]: for each
/// side the number of its bins, then for each bin in rising order its distance from the one before and its count.
/// [Range]: least, largest. The same content always gives the same bytes.
sealed interface Payload {
    /// How often each value was seen, on two sides.
    ///
    /// @param left  counts by value, of the challenger or of all
    /// @param right counts by value, of the champion; empty where there is one side
    record Bins(SortedMap<Long, Long> left, SortedMap<Long, Long> right) implements Payload {
        public Bins {
            left = Collections.unmodifiableSortedMap(left);
            right = Collections.unmodifiableSortedMap(right);
        }
    }

    /// The least and largest of some samples.
    record Range(long least, long largest) implements Payload {}

    /// The sum of two encoded payloads, either of which may be absent.
    static @Nullable ByteBuffer plus(@Nullable ByteBuffer one, @Nullable ByteBuffer other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return switch (decode(one)) {
            case Bins(SortedMap<Long, Long> left, SortedMap<Long, Long> right) when decode(
                    other) instanceof Bins more ->
                encode(new Bins(sum(left, more.left()), sum(right, more.right())));
            case Range(long least, long largest) when decode(other) instanceof Range more ->
                encode(new Range(Math.min(least, more.least()), Math.max(largest, more.largest())));
            default -> throw new IllegalArgumentException("payloads of different kinds do not add");
        };
    }

    private static SortedMap<Long, Long> sum(SortedMap<Long, Long> one, SortedMap<Long, Long> other) {
        SortedMap<Long, Long> sum = new TreeMap<>(one);
        other.forEach((value, count) -> sum.merge(value, count, Long::sum));
        return sum;
    }

    static ByteBuffer encode(Payload payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (payload) {
            case Bins(SortedMap<Long, Long> left, SortedMap<Long, Long> right) -> {
                out.write(1);
                side(left, out);
                side(right, out);
            }
            case Range(long least, long largest) -> {
                out.write(2);
                number(least, out);
                number(largest, out);
            }
        }
        return ByteBuffer.wrap(out.toByteArray());
    }

    private static void side(SortedMap<Long, Long> counts, ByteArrayOutputStream out) {
        number(counts.size(), out);
        long before = 0;
        for (Map.Entry<Long, Long> bin : counts.entrySet()) {
            number(bin.getKey() - before, out);
            number(bin.getValue(), out);
            before = bin.getKey();
        }
    }

    private static void number(long value, ByteArrayOutputStream out) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /// Reads what [#encode] wrote.
    ///
    /// @throws IllegalArgumentException when these are not the bytes of a payload
    static Payload decode(ByteBuffer bytes) {
        ByteBuffer in = bytes.duplicate();
        try {
            Payload payload = switch (in.get()) {
                case 1 -> new Bins(side(in), side(in));
                case 2 -> new Range(number(in), number(in));
                default -> throw new IllegalArgumentException("a payload of unknown kind");
            };
            if (in.hasRemaining()) {
                throw new IllegalArgumentException("a payload with bytes left over");
            }
            return payload;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a payload cut short", e);
        }
    }

    private static SortedMap<Long, Long> side(ByteBuffer in) {
        SortedMap<Long, Long> counts = new TreeMap<>();
        long bins = number(in);
        long value = 0;
        for (long i = 0; i < bins; i++) {
            value += number(in);
            counts.put(value, number(in));
        }
        return counts;
    }

    private static long number(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a payload with a number that never ends");
    }
}
