package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.verdict.Observation.Labelled;
import dev.understudy.verdict.Observation.Memory;
import dev.understudy.verdict.Observation.Probed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// The two worked examples of `docs/verdict.md`, under the criteria as they stand there, judged whole. Each figure that the
/// page gives of them is either what the judge says here or a median of `docs/results.md`, which the page must then hold.
class WorkedExamplesTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final int HOUR = 60;

    private static String example(int number) throws IOException {
        String page = Files.readString(DOCS.resolve("verdict.md"));
        String section = page.substring(page.indexOf("## Two worked examples"),
                page.indexOf("## What you can declare"));
        return section.split("(?m)^\\*\"", -1)[number];
    }

    private static Criteria criteria(String example) {
        String block = example.split("```(yaml\ncriteria:\n)?", -1)[1];
        return Trials.parse(block.replaceAll("(?m)^ {2}", ""));
    }

    private static Verdict judge(Evidence evidence, long minutes) {
        return Judge.judge(evidence, new Circumstances(Trials.ledger(10_000, 0), Trials.START + minutes, List.of()));
    }

    private static void says(String example, String words) {
        assertTrue(example.replaceAll("\\s+", " ").contains(words), () -> "the page does not say: " + words);
    }

    private static void resultsSay(String row) throws IOException {
        String results = Files.readString(DOCS.resolve("results.md"));
        assertTrue(results.contains(row), () -> "the results do not say: " + row);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    private static String points(double gain) {
        return String.format(Locale.ROOT, "%.1f", 100 * gain);
    }

    /// Probes of 30 minutes, of which each minute has as many fast ones.
    private static void probe(Evidence evidence, int perMinute, int fast, int fastMillis, int slowMillis) {
        for (int i = 0; i < 30 * perMinute; i++) {
            int millis = i % perMinute < fast ? fastMillis : slowMillis;
            evidence.take(new Probed(Trials.START + i / perMinute, null, millis * 1_000_000L));
        }
    }

    @Test
    void aTestThatIsNotMadeForLooksPromotesAsOftenAsThePageSays() throws IOException {
        resultsSay("z-test 0.5045");
        assertTrue(Files.readString(DOCS.resolve("verdict.md")).contains("happens in 50 of 100 evaluations"));
    }

    @Test
    void theFirstExampleIsJudgedAsThePageSays() throws IOException {
        String example = example(1);
        Evidence evidence = new Evidence(criteria(example));
        Trials.compare(evidence, Trials.START, "", 1000, 970);
        CriterionResult agreement = judge(evidence, 1).criteria().getFirst();
        assertEquals(Outcome.UNDECIDED, agreement.outcome());
        assertTrue(agreement.low() < .95);
        says(example, "970 agree: " + percent(agreement.estimate()) + ", between " + percent(agreement.low())
                + " (just below) and " + percent(agreement.high()));
        says(example, "odds are " + Math.round(agreement.passOdds()) + ":1 where "
                + Math.round(agreement.passOddsNeeded()) + ":1 are needed");
        says(example, "\"" + agreement.needed() + "\"");
        Trials.compare(evidence, Trials.START + 1, "", 40, 40);
        assertEquals(Outcome.PASS, judge(evidence, 2).criteria().getFirst().outcome());

        probe(evidence, 10, 6, 80, 120);
        assertEquals(Outcome.UNDECIDED, judge(evidence, 29).criteria().get(1).outcome());
        assertEquals(Outcome.PASS, judge(evidence, 30).criteria().get(1).outcome());
    }

    @Test
    void theFirstExampleIsPromotedAfter72HoursIf16Of18WindowsHoldAndNotWith15() throws IOException {
        for (int leaking : new int[]{2, 3}) {
            Evidence evidence = new Evidence(criteria(example(1)));
            probe(evidence, 10, 6, 80, 120);
            List<Decision> decisions = new ArrayList<>();
            long bytes = 500_000_000;
            for (int minute = 0; minute < 72 * HOUR; minute += 10) {
                evidence.take(new Memory(Trials.START + minute, null, bytes));
                Trials.compare(evidence, Trials.START + minute, "", 10, 10);
                // The first windows grow by 1.2 MB an hour.
                bytes += minute < leaking * 4 * HOUR ? 200_000 : 0;
                if (minute % HOUR == 0) {
                    decisions.add(judge(evidence, minute).decision());
                }
            }
            assertEquals(List.of(Decision.WATCH), decisions.stream().distinct().toList());
            assertEquals(leaking == 2 ? Decision.PROMOTE : Decision.WATCH, judge(evidence, 72 * HOUR).decision());
        }
    }

    @Test
    void soManyCleanRequestsDoAsThePageSays() throws IOException {
        says(example(1), fewestClean(.95, "") + " comparisons that all agree");
        resultsSay("| agreement >= 95% passes at 2% bad | 2,000 | **300**");
        says(example(1), "about 300 in the median at a true 98%");
        resultsSay("| latency p50 passes at 40% bad | 2,000 | **204**");
        says(example(1), "about 200 probes");
        says(example(2), fewestClean(.99, "") + " without exception");
        resultsSay("| latency p99 passes at 0.5% bad | 2,000 | **2,325**");
        says(example(2), "some 2,300 if one in 200");
        says(example(2), fewestClean(.999, ",") + " requests without one");
        resultsSay("| errors <= 0.1% passes at 0.05% bad | 2,000 | **23,303**");
        says(example(2), "some 23,000 if there is one in 2,000");
    }

    private static String fewestClean(double limit, String grouping) {
        long fewest = RateJudge.total(Sample.ofGood(1, 1), Bets.above(limit), limit, Math.log(20), 1);
        return String.format(Locale.ROOT, "%" + grouping + "d", fewest);
    }

    private static void label(Evidence evidence, long minute, int better, int worse) {
        for (int i = 0; i < 2000; i++) {
            boolean championRight = i >= better;
            boolean challengerRight = i < better || i >= better + worse;
            evidence.take(new Labelled(minute, null, null, LabelMeasure.ACCURACY, championRight ? 1 : 0,
                    challengerRight ? 1 : 0, .5));
        }
    }

    @Test
    void theSecondExampleIsJudgedAsThePageSays() throws IOException {
        String example = example(2);
        Evidence evidence = new Evidence(criteria(example));
        label(evidence, Trials.START, 260, 100);
        probe(evidence, 15, 15, 150, 150);
        for (int minute = 0; minute <= 48 * HOUR; minute += 30) {
            Trials.compare(evidence, Trials.START + minute, "", 45, 45);
            Decision decision = judge(evidence, minute).decision();
            assertEquals(minute < 48 * HOUR ? Decision.WATCH : Decision.PROMOTE, decision, "minute " + minute);
        }
        CriterionResult gain = judge(evidence, 48 * HOUR).criteria().getFirst();
        says(example,
                "a gain of " + Math.round(100 * gain.estimate()) + " points, between " + points(gain.low()) + " and "
                        + points(gain.high()) + ", odds " + Math.round(gain.passOdds()) + ":1");
    }

    @Test
    void aSmallerGainStaysUndecidedAsThePageSays() throws IOException {
        String example = example(2);
        Evidence evidence = new Evidence(criteria(example));
        label(evidence, Trials.START, 180, 100);
        CriterionResult gain = judge(evidence, 48 * HOUR).criteria().getFirst();
        assertEquals(Outcome.UNDECIDED, gain.outcome());
        says(example, "180 to 100 it would be a gain of " + Math.round(100 * gain.estimate()) + " points, between "
                + points(gain.low()) + " and " + points(gain.high()) + ": undecided");
    }
}
