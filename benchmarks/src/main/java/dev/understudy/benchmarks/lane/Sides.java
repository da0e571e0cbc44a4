package dev.understudy.benchmarks.lane;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The sides of a contest, closed together, the last first. Not thread-safe; owned by the thread that measures.
final class Sides implements AutoCloseable {
    private static final int WARMING = 4;
    /// So many that what is hot has been compiled for good, on the shadow's side too.
    private static final double WARM_UP_ANSWERS = 50_000;
    private static final int WARM_UP_SECONDS_MIN = 2;
    private static final int WARM_UP_SECONDS_MAX = 10;

    private final List<Side> sides = new ArrayList<>();

    /// Takes over a side, and returns it.
    Side add(Side side) {
        sides.add(side);
        return side;
    }

    List<Side> all() {
        return List.copyOf(sides);
    }

    /// Those of these names, in the order they were added.
    List<Side> named(String... names) {
        List<String> wanted = List.of(names);
        return sides.stream().filter(side -> wanted.contains(side.name())).toList();
    }

    /// Has each answer for some seconds, so that all code is compiled, and then measures what `alone` can.
    Capacity warmUp(Side alone) throws IOException {
        for (Side side : sides) {
            double answers = 0;
            for (int second = 0; second < WARM_UP_SECONDS_MIN
                    || (answers < WARM_UP_ANSWERS && second < WARM_UP_SECONDS_MAX); second++) {
                answers += new ClosedLoop(WARMING, 1).perSecond(side);
            }
        }
        return Capacity.of(alone);
    }

    @Override
    public void close() throws IOException {
        for (Side side : sides.reversed()) {
            side.close();
        }
    }
}
