package dev.understudy.benchmarks.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The account of a contest's turns, on sides that only count.
class ContestTest {
    private static final int ROUNDS = 3;
    /// The look that finds a late request booked: whoever does not wait looks once before the next turn and once behind it.
    private static final int LOOKS = 2;

    @Test
    void theRequestThatChecksASideIsNotLeftToTheAccountOfTheNextTurn() throws Exception {
        assertEquals(0, unaccounted(new LateSide(false)));
    }

    @Test
    void norWhereNobodyKnowsWhatIsOnItsWayAndOnlyWhatHasArrivedIsCounted() throws Exception {
        assertEquals(0, unaccounted(new LateSide(true)));
    }

    /// The most of all rounds.
    private static double unaccounted(Side side) throws Exception {
        Results results = new Contest("test", 2_000, new OpenLoop(0, 0.02), 2, 1).run(List.of(side), ROUNDS);
        assertEquals(ROUNDS, results.of(side.name()).size());
        return results.rounds(side.name(), Turn::unaccounted).most();
    }

    /// Answers at once and books what it has answered under load at once, but a check's request only after some looks, as a tap
    /// behind the answer may.
    private static final class LateSide implements Side {
        private final boolean countsArrivals;
        private long booked = 1;
        private long lastBooked;
        private int looksLeft;

        /// @param countsArrivals what was booked since the last look is taken as a sign of more, as of a mirror's server
        LateSide(boolean countsArrivals) {
            this.countsArrivals = countsArrivals;
        }

        @Override
        public String name() {
            return "late";
        }

        @Override
        public String baseline() {
            return name();
        }

        @Override
        public void send(long dueNanos, Answers answers) {
            booked++;
            answers.answered(dueNanos);
        }

        @Override
        public void check() {
            looksLeft = LOOKS;
        }

        @Override
        public Shadowed shadowed() {
            if (looksLeft > 0 && --looksLeft == 0) {
                booked++;
            }
            long more = booked - lastBooked;
            lastBooked = booked;
            return new Shadowed(booked, booked, Map.of(), countsArrivals ? more : 0);
        }

        @Override
        public double cpuSeconds() {
            return 0;
        }

        @Override
        public boolean inProcess() {
            return false;
        }

        @Override
        public long residentBytes() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
