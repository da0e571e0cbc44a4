package dev.understudy.benchmarks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.benchmarks.Mark.Bound;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarkTest {
    @Test
    void oneBadRoundMissesAMarkOfEveryRoundAndNotOneOfTheMedian() {
        Rounds oneMissing = new Rounds(0, 0, 1, 0, 0);
        assertFalse(new Mark("missing", oneMissing, Bound.atMostInEveryRound(0)).met());
        assertTrue(new Mark("ratio", oneMissing, Bound.atMost(0)).met());
        assertTrue(new Mark("missing", new Rounds(0, 0, 0), Bound.atMostInEveryRound(0)).met());
    }

    @Test
    void theTableSaysWhatIsAskedOfEveryRound() {
        Mark every = new Mark("missing", new Rounds(0, 1), Bound.atMostInEveryRound(0));
        Mark median = new Mark("ratio", new Rounds(0, 1), Bound.atMost(1));
        String table = Mark.table(List.of(every, median));
        assertTrue(table.contains("| missing | <= 0.00 in every round | 0.00 | **0.50** | 0.00 | 1.00 | 2 | no |"),
                table);
        assertTrue(table.contains("| ratio | <= 1.00 | 1.00 | **0.50** | 0.00 | 1.00 | 2 | yes |"), table);
    }
}
