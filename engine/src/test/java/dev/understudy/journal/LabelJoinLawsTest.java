package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.diff.Comparators;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.EvidenceMinute;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Task;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.Test;

/// The laws of joining labels with answers, on a real database in memory.
class LabelJoinLawsTest {
    private static final Task TASK = new Task(Task.Type.CLASSIFICATION, "probabilities", List.of());
    private static final List<Pair> PAIRS = List.of(Samples.PAIR, Samples.OTHER);
    private static final int REQUESTS = 12;

    /// Something that reaches the journal: answers of one pair, or labels, or the end of a batch and of the process.
    private sealed interface Step {
        record Answer(Pair pair, Answers answers) implements Step {}

        record Tell(Label label) implements Step {}
    }

    private static Terms terms() throws Exception {
        return new Terms(Comparators.DEFAULT, Map.of(),
                Criteria.parse("promote_when: [accuracy_gain: {at_least: 0 points}]"), Optional.of(TASK));
    }

    /// A journal's tables without its threads.
    private static final class Bench implements AutoCloseable {
        private final DuckDBConnection connection;
        private JournalStore store;

        Bench() throws Exception {
            connection = DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class);
            JournalSchema.prepare(connection);
            connection.setAutoCommit(false);
            store = new JournalStore(connection, new EvidenceBook());
            List<JournalEntry> begun = new ArrayList<>();
            for (Pair pair : PAIRS) {
                begun.add(new JournalEntry.Begun(pair, Samples.NOON, terms()));
            }
            store.commit(begun, Map.of(), Samples.NOON);
        }

        void restart() throws Exception {
            store = new JournalStore(connection, new EvidenceBook());
        }

        List<FeedbackOutcome> play(List<Step> steps) throws Exception {
            List<JournalEntry> entries = new ArrayList<>();
            List<FeedbackTicket> tickets = new ArrayList<>();
            for (Step step : steps) {
                entries.add(switch (step) {
                    case Step.Answer(Pair pair, Answers answers) ->
                        new JournalEntry.Observed(pair, Samples.NOON, new Seen(List.of(), answers));
                    case Step.Tell(Label label) -> {
                        FeedbackTicket ticket = new FeedbackTicket();
                        tickets.add(ticket);
                        yield new JournalEntry.Labelled("digits", List.of(label), ticket);
                    }
                });
            }
            store.commit(entries, Map.of(), Samples.NOON);
            entries.forEach(JournalEntry::committed);
            List<FeedbackOutcome> outcomes = new ArrayList<>();
            for (FeedbackTicket ticket : tickets) {
                outcomes.add(ticket.await());
            }
            return outcomes;
        }

        /// Labels that counted, by pair and segment: those right only by the challenger, both alike, only by the champion.
        Map<String, List<Long>> counts() throws Exception {
            Map<String, List<Long>> counts = new TreeMap<>();
            for (int evaluation = 1; evaluation <= PAIRS.size(); evaluation++) {
                for (EvidenceMinute row : EvidenceRows.read(connection, evaluation)) {
                    counts.put(evaluation + row.criterion() + row.segment(),
                            List.of(row.good(), row.even(), row.bad(), row.lost()));
                }
            }
            return counts;
        }

        FeedbackCounts feedback() throws Exception {
            return new EvidenceReader(connection).feedback("digits");
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    private static Answers answers(int request, Random random) {
        boolean failed = random.nextInt(6) == 0;
        return new Answers("r-" + request, random.nextBoolean() ? null : "eu", prediction(random),
                failed ? null : prediction(random), failed && random.nextBoolean());
    }

    private static Prediction prediction(Random random) {
        return new Prediction(List.of(String.valueOf(random.nextInt(3))), List.of());
    }

    private static List<Step> script(Random random) {
        List<Step> steps = new ArrayList<>();
        for (int request = 0; request < REQUESTS; request++) {
            for (Pair pair : PAIRS) {
                if (random.nextInt(5) > 0) {
                    steps.add(new Step.Answer(pair, answers(request, random)));
                }
            }
            if (random.nextInt(5) > 0) {
                steps.add(new Step.Tell(new Label("r-" + request, List.of(String.valueOf(random.nextInt(3))))));
            }
        }
        return steps;
    }

    /// Plays in batches of random sizes, with a restart now and then.
    private static List<FeedbackOutcome> play(Bench bench, List<Step> steps, Random random) throws Exception {
        List<FeedbackOutcome> outcomes = new ArrayList<>();
        for (int at = 0; at < steps.size();) {
            int end = Math.min(steps.size(), at + 1 + random.nextInt(6));
            outcomes.addAll(bench.play(steps.subList(at, end)));
            at = end;
            if (random.nextInt(4) == 0) {
                bench.restart();
            }
        }
        return outcomes;
    }

    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void inWhateverOrderAndBatchesAndAcrossRestartsTheEvidenceIsTheSame(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        List<Step> steps = script(random);
        Map<String, List<Long>> expected;
        try (Bench bench = new Bench()) {
            bench.play(steps);
            expected = bench.counts();
        }
        Collections.shuffle(steps, random);
        try (Bench bench = new Bench()) {
            play(bench, steps, random);
            assertEquals(expected, bench.counts());
        }
    }

    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void aRequestHasItsFirstLabelAndNoOtherEverCounts(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        List<Step> steps = script(random);
        Collections.shuffle(steps, random);
        Map<String, List<Long>> expected;
        try (Bench bench = new Bench()) {
            play(bench, steps, random);
            expected = bench.counts();
        }
        List<Step> repeating = new ArrayList<>(steps);
        Set<String> told = new HashSet<>();
        for (int at = 0; at < repeating.size(); at++) {
            if (repeating.get(at) instanceof Step.Tell(Label label) && told.add(label.requestId())) {
                int later = at + 1 + random.nextInt(repeating.size() - at);
                repeating.add(later, new Step.Tell(new Label(label.requestId(), List.of("2"))));
            }
        }
        try (Bench bench = new Bench()) {
            List<FeedbackOutcome> outcomes = play(bench, repeating, random);
            assertEquals(expected, bench.counts());
            assertEquals(repeating.size() - steps.size(),
                    outcomes.stream().mapToLong(FeedbackOutcome::repeated).sum());
            FeedbackCounts account = bench.feedback();
            assertEquals(outcomes.size(), account.received());
            assertEquals(account.received(),
                    account.joined() + account.repeated() + account.unknown() + account.unfit());
            assertTrue(account.joinedLater() <= account.unknown(), account::toString);
        }
    }

    @Test
    void everyLabelThatFindsAnswersCountsOnceForEachPairAndUnknownOnesWait() throws Exception {
        try (Bench bench = new Bench()) {
            Answers right = new Answers("r", null, new Prediction(List.of("8"), List.of()),
                    new Prediction(List.of("3"), List.of()), false);
            FeedbackOutcome early = bench.play(List.of(new Step.Tell(new Label("r", List.of("8"))))).getFirst();
            assertEquals(new FeedbackOutcome(1, 0, 0, 1, 0, List.of("r"), List.of()), early);
            assertEquals(Map.of(), bench.counts());
            bench.play(List.of(new Step.Answer(Samples.PAIR, right)));
            bench.play(List.of(new Step.Answer(Samples.OTHER, right)));
            // Each under no segment and under its class.
            assertEquals(Collections.nCopies(4, List.of(0L, 0L, 1L, 0L)), new ArrayList<>(bench.counts().values()));
            assertEquals(2, bench.counts().keySet().stream().filter(key -> key.endsWith("label=8")).count());
            assertEquals(new FeedbackCounts(1, 0, 0, 1, 0, 1), bench.feedback());
        }
    }

    @Test
    void aLabelThatCannotBeTheTruthIsDroppedAndABetterOneMayFollow() throws Exception {
        try (Bench bench = new Bench()) {
            Prediction scored = new Prediction(List.of("1", "0"), List.of(0.25, 0.75, 0.5, 0.5));
            bench.play(List.of(new Step.Answer(Samples.PAIR, new Answers("r", null, scored, scored, false))));
            for (List<String> wrong : List.of(List.of("1"), List.of("1", "2"), List.of("1", "one"))) {
                assertEquals(1, bench.play(List.of(new Step.Tell(new Label("r", wrong)))).getFirst().unfit());
            }
            assertEquals(1, bench.play(List.of(new Step.Tell(new Label("r", List.of("1", "1"))))).getFirst().joined());
            Map<String, Long> even = new LinkedHashMap<>();
            bench.counts().forEach((key, counts) -> even.put(key.substring(key.indexOf('}') + 1), counts.get(1)));
            assertEquals(Map.of("", 2L, "label=1", 2L), even);
        }
    }

    @Test
    void whatIsTrimmedIsForgottenButNeverCountsTwice() throws Exception {
        try (Bench bench = new Bench()) {
            JournalLimits limits = JournalLimits.DEFAULTS
                    .withRetention(new JournalLimits.Retention(1000, 1000, 1000, 2));
            Answers right = new Answers("r", null, new Prediction(List.of("1"), List.of()),
                    new Prediction(List.of("1"), List.of()), false);
            bench.play(List.of(new Step.Answer(Samples.PAIR, right), new Step.Tell(new Label("r", List.of("1")))));
            Map<String, List<Long>> once = bench.counts();
            for (int other = 0; other < 4; other++) {
                bench.play(List.of(new Step.Tell(new Label("x-" + other, List.of("1")))));
            }
            bench.store.trim(limits);
            assertEquals(1, bench.play(List.of(new Step.Tell(new Label("r", List.of("2"))))).getFirst().repeated(),
                    "its answers know that they had a label");
            for (int other = 0; other < 4; other++) {
                bench.play(List.of(new Step.Answer(Samples.PAIR, new Answers("y-" + other, null, right.champion(),
                        right.challenger(), false))));
            }
            bench.store.trim(limits);
            assertEquals(1, bench.play(List.of(new Step.Tell(new Label("r", List.of("2"))))).getFirst().unknown());
            assertEquals(once, bench.counts());
        }
    }
}
