package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.understudy.verdict.Observation.Compared;
import dev.understudy.verdict.Observation.DeviceTime;
import dev.understudy.verdict.Observation.Failed;
import dev.understudy.verdict.Observation.Labelled;
import dev.understudy.verdict.Observation.LabelledCutShort;
import dev.understudy.verdict.Observation.Memory;
import dev.understudy.verdict.Observation.ProbeCutShort;
import dev.understudy.verdict.Observation.Probed;
import dev.understudy.verdict.Observation.Repeated;
import dev.understudy.verdict.Observation.Rerun;
import dev.understudy.verdict.Observation.RerunCutShort;
import dev.understudy.verdict.Observation.Shed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EvidenceLawsTest {
    private static final Criteria EVERYTHING = Trials.criteria("agreement: {at_least: 90%}",
            "agreement: {at_least: 90%, output: y}", "agreement: {at_least: 80%, segment: a}",
            "extra_disagreement: {at_most: 5 points}", "errors: {at_most: 1%}", "extra_errors: {at_most: 1 points}",
            "latency_p99: {at_most: 3ms}", "latency_p50: {at_most: 1.1x champion}",
            "typical_latency: {at_most: 1.1x champion}", "device_time_p90: {at_most: 2ms}", "accuracy: {at_least: 80%}",
            "accuracy_gain: {at_least: 1 points}", "log_loss: {at_most: 1, clip: 5}",
            "log_loss_gain: {at_least: 0, clip: 5}", "memory_growth: {at_most: 100MB/h, over: 9h}",
            "memory: {at_most: 1GB}");

    private static final List<FailureReason> REASONS = List.of(FailureReason.values());

    private static List<Observation> observations(long seed, int count) {
        Random random = new Random(seed);
        List<Observation> observations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            observations.add(observation(random));
        }
        return observations;
    }

    private static Observation observation(Random random) {
        long minute = Trials.START + random.nextInt(100);
        String segment = random.nextBoolean() ? null : random.nextBoolean() ? "a" : "b";
        String label = random.nextInt(3) == 0 ? null : "label=" + random.nextInt(3);
        long nanos = 1 + (long) (1e6 * Math.exp(random.nextGaussian()));
        long other = 1 + (long) (1e6 * Math.exp(random.nextGaussian()));
        List<dev.understudy.diff.Difference> one = List.of(random.nextInt(10) > 0 ? Trials.AGREES : Trials.DIFFERS);
        List<dev.understudy.diff.Difference> two = random.nextInt(20) == 0 ? List.of() : List.of(Trials.DIFFERS);
        return switch (random.nextInt(13)) {
            case 0 -> new Failed(minute, segment, random.nextBoolean(),
                    REASONS.get(random.nextInt(REASONS.size())));
            case 1 -> new Probed(minute, segment, random.nextInt(50) == 0 ? -1 : nanos);
            case 2 -> new Rerun(minute, segment, one, two, random.nextInt(50) == 0 ? -1 : nanos,
                    random.nextInt(50) == 0 ? -1 : other);
            case 3 -> new Repeated(minute, segment, one);
            case 4 -> new Labelled(minute, segment, label, LabelMeasure.ACCURACY, random.nextInt(2), random.nextInt(2),
                    0);
            case 5 -> new Labelled(minute, segment, label, LabelMeasure.LOG_LOSS, random.nextDouble(6),
                    random.nextInt(50) == 0 ? Double.POSITIVE_INFINITY : random.nextDouble(6), random.nextDouble());
            case 6 -> new Memory(minute, segment, random.nextLong(1_000_000_000));
            case 7 -> new DeviceTime(minute, segment, nanos);
            case 8 -> new Shed(minute, segment, nanos);
            case 9 -> new ProbeCutShort(minute, segment);
            case 11 -> new LabelledCutShort(minute, segment, label,
                    random.nextBoolean() ? LabelMeasure.ACCURACY : LabelMeasure.LOG_LOSS);
            case 10 -> new RerunCutShort(minute, segment, two, random.nextInt(50) == 0 ? -1 : other);
            default -> new Compared(minute, segment, nanos, one);
        };
    }

    private static Evidence of(List<Observation> observations) {
        Evidence evidence = new Evidence(EVERYTHING);
        observations.forEach(evidence::take);
        return evidence;
    }

    /// Everything a verdict says, to the digit.
    private static String digits(Evidence evidence) {
        return Judge
                .judge(evidence, new Circumstances(Trials.ledger(900, 50), Trials.START + 90, List.of()))
                .toString();
    }

    private static List<EvidenceMinute> rows(List<Observation> observations) {
        EvidenceMinutes minutes = new EvidenceMinutes(EVERYTHING);
        observations.forEach(minutes::take);
        return minutes.rows();
    }

    @Property(tries = 15)
    void theOrderOfObservationsChangesNoDigit(@ForAll long seed, @ForAll @IntRange(max = 400) int count) {
        List<Observation> observations = observations(seed, count);
        String digits = digits(of(observations));
        Collections.shuffle(observations, new Random(seed));
        assertEquals(digits, digits(of(observations)));
    }

    @Property(tries = 15)
    void mergedEvidenceHasTheDigitsOfTheWholeInEveryGrouping(@ForAll long seed,
            @ForAll @IntRange(min = 3, max = 400) int count) {
        List<Observation> all = observations(seed, count);
        List<Observation> a = all.subList(0, count / 3);
        List<Observation> b = all.subList(count / 3, count / 2);
        List<Observation> c = all.subList(count / 2, count);
        Evidence left = of(a);
        left.add(of(b));
        left.add(of(c));
        Evidence right = of(c);
        right.add(of(b));
        Evidence outer = of(List.of());
        outer.add(right);
        outer.add(of(a));
        String digits = digits(of(all));
        assertEquals(digits, digits(left));
        assertEquals(digits, digits(outer));
    }

    @Property(tries = 15)
    void rowsOfTheJournalGiveTheDigitsOfTheObservations(@ForAll long seed, @ForAll @IntRange(max = 400) int count) {
        List<Observation> observations = observations(seed, count);
        Evidence fromRows = new Evidence(EVERYTHING);
        rows(observations).forEach(fromRows::add);
        assertEquals(digits(of(observations)), digits(fromRows));
    }

    /// As the journal does it: each batch adds its rows to those of the batches before.
    @Property(tries = 15)
    void rowsOfBatchesAddUpToTheRowsOfTheWhole(@ForAll long seed, @ForAll @IntRange(max = 400) int count) {
        List<Observation> observations = observations(seed, count);
        Map<List<Object>, EvidenceMinute> kept = new HashMap<>();
        for (int from = 0; from < count; from += 100) {
            for (EvidenceMinute row : rows(observations.subList(from, Math.min(count, from + 100)))) {
                kept.merge(List.of(row.minute(), row.criterion(), row.segment()), row, EvidenceMinute::plus);
            }
        }
        for (EvidenceMinute row : rows(observations)) {
            assertEquals(row, kept.remove(List.of(row.minute(), row.criterion(), row.segment())));
        }
        assertEquals(Map.of(), kept);
    }

    @Test
    void aThirdOfTheEvidenceAndTheOtherTwoThirdsAreTheWholeBitForBit() {
        Criteria criteria = Trials.criteria("agreement: {at_least: 95%}");
        Evidence one = new Evidence(criteria);
        Trials.compare(one, Trials.START, "", 1000, 965);
        Evidence two = new Evidence(criteria);
        Trials.compare(two, Trials.START + 1, "", 2000, 1900);
        Evidence whole = new Evidence(criteria);
        Trials.compare(whole, Trials.START, "", 3000, 2865);
        one.add(two);
        assertEquals(Trials.judge(whole, 2).criteria(), Trials.judge(one, 2).criteria());
    }

    @Test
    void evidenceUnderOtherCriteriaDoesNotAdd() {
        Evidence one = new Evidence(Trials.criteria("agreement: {at_least: 95%}"));
        Evidence two = new Evidence(Trials.criteria("agreement: {at_least: 96%}"));
        assertThrows(IllegalArgumentException.class, () -> one.add(two));
        Trials.compare(two, Trials.START, "", 1, 1);
        EvidenceMinutes minutes = new EvidenceMinutes(two.criteria());
        minutes.take(Trials.compared(Trials.START, "", true));
        assertThrows(IllegalArgumentException.class, () -> minutes.rows().forEach(one::add));
    }

    @Test
    void damagedPayloadsAreRefused() {
        for (byte[] bytes : new byte[][]{{}, {9}, {1}, {1, 1}, {1, 1, 1, 1}, {2, 1}, {2, 1, 1, 1},
            {2, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0}}) {
            EvidenceMinute row = new EvidenceMinute(Trials.START, "memory: {at_most: 1GB}", "", 0, 0, 0, 0,
                    java.nio.ByteBuffer.wrap(bytes));
            assertThrows(IllegalArgumentException.class, () -> new Evidence(EVERYTHING).add(row),
                    java.util.Arrays.toString(bytes));
        }
    }
}
