package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.diff.Comparators;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Observation;
import dev.understudy.verdict.Outcome;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Task;
import dev.understudy.verdict.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Evidence by the minute, on disk and in memory.
class EvidenceTest {
    private static final long NOON_MINUTE = Samples.NOON / 60_000;
    private static final String CRITERIA = """
            promote_when:
            - agreement: {at_least: 90%}
            - errors: {at_most: 5%}
            - latency_p99: {at_most: 100ms}
            - latency_p50: {at_most: 1.50x champion}
            - accuracy_gain: {at_least: -20 points}
            - log_loss: {at_most: 2, clip: 5}
            - memory: {at_most: 2GiB}
            watch_at_least: 0
            """;
    private static final Task TASK = new Task(Task.Type.CLASSIFICATION, "probabilities", List.of());

    private final Path directory;

    EvidenceTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private static Terms terms(String criteria) throws Exception {
        return new Terms(Comparators.DEFAULT, Map.of(), Criteria.parse(criteria), Optional.of(TASK));
    }

    private static LedgerCounts ledger(long compared) {
        return new LedgerCounts(compared, compared, compared, Map.of(), Map.of(), 0);
    }

    private static Verdict verdict(Journal journal, Pair pair) throws JournalException {
        return journal.verdict(pair, ledger(1000), NOON_MINUTE + 60).orElseThrow();
    }

    private static Prediction scores(Random random) {
        double first = random.nextDouble();
        return new Prediction(List.of(first >= 0.5 ? "0" : "1"), List.of(first, 1 - first));
    }

    /// A request of each kind the shadow side sees, in a minute of the hour after noon.
    private static void append(Journal journal, Pair pair, int number, Random random) throws Exception {
        long timeMillis = Samples.NOON + random.nextLong(3_600_000);
        long minute = timeMillis / 60_000;
        String segment = number % 3 == 0 ? null : "segment-" + number % 3;
        Capture capture = Samples.bare(pair, "r-" + number, segment, timeMillis, random.nextDouble() * 1.05);
        Answers answers = number % 7 == 0
                ? new Answers("r-" + number, segment, scores(random), null, true)
                : new Answers("r-" + number, segment, scores(random), scores(random), false);
        assertTrue(journal.append(capture, new Seen(List.of(
                new Observation.Compared(minute, segment, random.nextLong(1_000_000),
                        List.of(capture.comparison().difference())),
                new Observation.DeviceTime(minute, segment, random.nextLong(100_000))), answers)));
        List<Observation> extra = new ArrayList<>();
        extra.add(new Observation.Probed(minute, segment, random.nextLong(120_000_000)));
        extra.add(new Observation.Rerun(minute, segment, List.of(capture.comparison().difference()), List.of(),
                1 + random.nextLong(1_000_000), 1 + random.nextLong(1_000_000)));
        extra.add(new Observation.Memory(minute, null, 1_000_000 + random.nextLong(1_000_000)));
        if (random.nextInt(10) == 0) {
            extra.add(new Observation.Failed(minute, segment, true, FailureReason.TIMEOUT));
        }
        assertTrue(journal.append(pair, timeMillis, new Seen(extra, null)));
    }

    @Test
    void invariantI6TheVerdictIsTheSameDigitsLiveRecomputedAndAfterARestart() throws Exception {
        long seed = 20_261_125;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String live;
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.begin(Samples.PAIR, Samples.NOON, terms(CRITERIA));
            for (int number = 0; number < 600; number++) {
                append(journal, Samples.PAIR, number, random);
                if (number % 100 == 50) {
                    assertTrue(journal.flush());
                    // From here on the evidence is held in memory and grows with every commit.
                    verdict(journal, Samples.PAIR);
                }
            }
            List<Label> labels = new ArrayList<>();
            for (int number = 0; number < 500; number++) {
                labels.add(new Label("r-" + number, List.of(String.valueOf(random.nextInt(2)))));
            }
            assertEquals(500, journal.feedback("digits", labels).joined());
            live = verdict(journal, Samples.PAIR).toString();
            assertEquals(live,
                    journal.recomputed(Samples.PAIR, ledger(1000), NOON_MINUTE + 60).orElseThrow().toString());
            assertTrue(verdict(journal, Samples.PAIR).criteria().stream().allMatch(result -> result.samples() >= 500
                    || result.criterion().startsWith("memory")), live);
        }
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            assertEquals(live, verdict(journal, Samples.PAIR).toString());
            append(journal, Samples.PAIR, 1000, random);
            assertTrue(journal.flush());
            assertNotEquals(live, verdict(journal, Samples.PAIR).toString(), "the evidence went on");
        }
    }

    @Test
    void theVerdictNeedsNoRawRows() throws Exception {
        JournalLimits few = Samples.QUICK.withRetention(new JournalLimits.Retention(10, 10, 10, 1000))
                .withCaptures(new JournalLimits.Captures(1, 1, 1, 1, 0, 1));
        Random random = new Random(5);
        String before;
        try (Journal journal = Journal.open(directory, few)) {
            journal.begin(Samples.PAIR, Samples.NOON, terms(CRITERIA));
            for (int number = 0; number < 200; number++) {
                append(journal, Samples.PAIR, number, random);
            }
            assertTrue(journal.flush());
            assertTrue(journal.comparisons(Samples.PAIR, Order.NEWEST, 1000, null).size() < 50);
            before = verdict(journal, Samples.PAIR).toString();
            assertEquals(200, verdict(journal, Samples.PAIR).criteria().get(2).samples());
        }
        try (Journal journal = Journal.open(directory, few)) {
            assertEquals(before, verdict(journal, Samples.PAIR).toString());
        }
    }

    @Test
    void anEvaluationKeepsTheTermsItBeganUnder() throws Exception {
        Pair other = new Pair("digits", Samples.PAIR.champion(), Samples.PAIR.challenger(), "f".repeat(16));
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.begin(Samples.PAIR, Samples.NOON, terms(CRITERIA));
            journal.begin(other, Samples.NOON,
                    terms("promote_when: [agreement: {at_least: 50%}]\nwatch_at_least: 0\n"));
            Random random = new Random(6);
            for (int number = 0; number < 100; number++) {
                append(journal, Samples.PAIR, number, random);
                append(journal, other, 1000 + number, random);
            }
            assertTrue(journal.flush());
            assertEquals(1, verdict(journal, other).criteria().size());
            assertEquals(Outcome.PASS, verdict(journal, other).criteria().getFirst().outcome());
            assertEquals(7, verdict(journal, Samples.PAIR).criteria().size());
            assertEquals(Optional.empty(), journal.verdict(Samples.OTHER, ledger(1), NOON_MINUTE));
        }
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.begin(other, Samples.NOON + 1, Terms.NONE);
            assertTrue(journal.flush());
            assertEquals(Outcome.PASS, verdict(journal, other).criteria().getFirst().outcome());
        }
    }

    @Test
    void whatAFailingDiskLostIsNoEvidence() throws Exception {
        try (Journal journal = Journal.open(directory, Samples.limits(4, 4))) {
            journal.begin(Samples.PAIR, Samples.NOON, terms(CRITERIA));
            Random random = new Random(7);
            int taken = 0;
            for (int number = 0; number < 500; number++) {
                long minute = NOON_MINUTE + random.nextInt(5);
                taken += journal.append(Samples.PAIR, Samples.NOON,
                        new Seen(List.of(new Observation.Probed(minute, null, 5)), null)) ? 1 : 0;
            }
            assertTrue(journal.flush());
            assertEquals(taken, verdict(journal, Samples.PAIR).criteria().get(2).samples());
            assertEquals(500 - taken, journal.lostRows());
        }
    }
}
