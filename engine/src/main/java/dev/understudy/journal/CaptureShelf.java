package dev.understudy.journal;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The captured requests of one kind, in the order in which they make room. Not thread-safe; owned by [CaptureSlots].
final class CaptureShelf {
    /// What a slot holds, as far as it matters for the choice.
    ///
    /// @param draw the request's lot, at least 0 and below 1; only the sample goes by it
    record Held(boolean agrees, double severity, double draw, long bytes) {}

    record Place(int number, Held held) {}

    private final CaptureKind kind;
    private final int slotsMax;
    private final long bytesMax;
    private final TreeSet<Place> firstToGo;
    private final Map<Integer, Place> places = new HashMap<>();
    private long bytes;

    /// @param firstToGo its order, in which equals go by the number of their slot
    CaptureShelf(CaptureKind kind, int slotsMax, long bytesMax, Comparator<Held> firstToGo) {
        this.kind = kind;
        this.slotsMax = slotsMax;
        this.bytesMax = bytesMax;
        this.firstToGo = new TreeSet<>(
                Comparator.comparing(Place::held, firstToGo).thenComparingInt(Place::number));
    }

    CaptureKind kind() {
        return kind;
    }

    int size() {
        return places.size();
    }

    long bytes() {
        return bytes;
    }

    /// True when so many requests of so many bytes are more than there may be.
    boolean isOver(int requests, long theirBytes) {
        return requests > slotsMax || theirBytes > bytesMax;
    }

    /// True when it holds more than it may.
    boolean isOver() {
        return isOver(size(), bytes);
    }

    /// What it holds; a view.
    Collection<Place> firstToGo() {
        return Collections.unmodifiableCollection(firstToGo);
    }

    @Nullable
    Held at(int number) {
        Place place = places.get(number);
        return place == null ? null : place.held();
    }

    /// Puts it into the first free slot, whether or not there is room, and returns the slot's number.
    int put(Held held) {
        int number = 0;
        while (places.containsKey(number)) {
            number++;
        }
        put(number, held);
        return number;
    }

    void put(int number, Held held) {
        free(number);
        Place place = new Place(number, held);
        places.put(number, place);
        firstToGo.add(place);
        bytes += held.bytes();
    }

    void free(int number) {
        Place old = places.remove(number);
        if (old != null) {
            firstToGo.remove(old);
            bytes -= old.held().bytes();
        }
    }
}
