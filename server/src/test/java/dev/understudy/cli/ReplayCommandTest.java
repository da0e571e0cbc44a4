package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.diff.Difference;
import dev.understudy.diff.OutputDifference.Structural;
import dev.understudy.verdict.Circumstances;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Evidence;
import dev.understudy.verdict.Judge;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Observation;
import dev.understudy.verdict.Verdict;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// What a build server learns from a replay.
final class ReplayCommandTest {
    private static final Difference AGREES = new Difference(List.of());
    private static final Difference DIFFERS = new Difference(List.of(new Structural("scores", "shape")));

    private static Verdict verdict(int requests, Difference difference) throws Exception {
        Evidence evidence = new Evidence(Criteria.parse("promote_when: [agreement: {at_least: 95%}]"));
        for (int i = 0; i < requests; i++) {
            evidence.take(new Observation.Compared(1, null, 1, List.of(difference)));
        }
        return Judge.judge(evidence, new Circumstances(LedgerCounts.ZERO, 1, List.of("it was replayed")));
    }

    @Test
    void theExitCodeSaysWhetherTheRecordedRequestsPassFailOrDoNotDecide() throws Exception {
        assertEquals(0, ReplayCommand.exitCode(verdict(83, AGREES)));
        assertEquals(1, ReplayCommand.exitCode(verdict(83, DIFFERS)));
        assertEquals(2, ReplayCommand.exitCode(verdict(82, AGREES)));
    }

    @Test
    void aSampleThatIsTooSmallSaysHowManyItLacks() throws Exception {
        assertEquals(OptionalLong.of(33), ReplayCommand.moreNeeded(verdict(50, AGREES)));
        assertEquals(OptionalLong.empty(), ReplayCommand.moreNeeded(verdict(83, AGREES)));
        assertEquals(OptionalLong.empty(), ReplayCommand.moreNeeded(verdict(0, AGREES)));
    }
}
