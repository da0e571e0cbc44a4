package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.InvalidConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CriteriaTest {
    private static List<String> keys(Criteria criteria) {
        return criteria.criteria().stream().map(Criterion::key).toList();
    }

    private static Criteria one(String criterion) throws InvalidConfigException {
        return Criteria.parse("promote_when: [" + criterion + "]");
    }

    /// At least 95% agreement, median latency under 100 ms, no memory leak over 72 hours.
    @Test
    void theFirstSentenceOfTheFieldCanBeSaid() throws InvalidConfigException {
        Criteria criteria = Criteria.parse("""
                promote_when:
                - agreement: {at_least: 95%}
                - latency_p50: {at_most: 100ms}
                - memory_growth: {at_most: 1 MB per hour, over: 72h}
                """);
        assertEquals(List.of("agreement: {at_least: 95%}", "latency_p50: {at_most: 100ms}",
                "memory_growth: {at_most: 1MB/h, over: 3d}"), keys(criteria));
        assertEquals(new Criterion.MemoryGrowth("memory_growth: {at_most: 1MB/h, over: 3d}", 1e6, 72 * 60),
                criteria.criteria().getLast());
    }

    /// 5% higher accuracy over 48 hours, p99 under 200 ms, at most 0.1% errors.
    @Test
    void theSecondSentenceOfTheFieldCanBeSaid() throws InvalidConfigException {
        Criteria criteria = Criteria.parse("""
                promote_when:
                - accuracy_gain: {at_least: 5 points, over: 48h}
                - latency_p99: {at_most: 200ms}
                - errors: {at_most: 0.1%}
                """);
        assertEquals(List.of("accuracy_gain: {at_least: 5 points, over: 2d}", "latency_p99: {at_most: 200ms}",
                "errors: {at_most: 0.1%}"), keys(criteria));
        Criterion.Rate gain = (Criterion.Rate) criteria.criteria().getFirst();
        assertEquals(0.525, gain.limit());
        assertEquals(48 * 60, gain.overMinutes());
        Criterion.Rate errors = (Criterion.Rate) criteria.criteria().getLast();
        assertEquals(0.999, errors.limit());
        assertTrue(errors.bursts());
    }

    @Test
    void everythingThatADeclarationMustBeAbleToSayIsTaken() throws InvalidConfigException {
        Criteria criteria = Criteria.parse("""
                false_promote: 5%
                false_reject: 1%
                watch_at_least: 24 h
                min_samples: 1000
                min_labels: 50
                min_coverage: 80%
                give_up_after: 14 d
                give_up_as: reject
                promote_when:
                - agreement: {at_least: 95%, output: scores, agree_means: same_top_answer}
                - agreement: {at_least: 99%, output: scores, agree_means: {rule: within, max_abs: 0.05}}
                - agreement: {at_least: 99%, fails_below: 97%, segment: EU}
                - extra_disagreement: {at_most: 5 points}
                - latency_p50: {at_most: 100 ms}
                - latency_p99: {at_most: 1.10 x champion}
                - typical_latency: {at_most: 1.5x champion}
                - device_time_p50: {at_most: 5ms}
                - errors: {at_most: 0.1%, fails_above: 0.2%}
                - extra_errors: {at_most: 0.1 points}
                - accuracy: {at_least: 90%}
                - accuracy_gain: {at_least: -1 points, over: 48 h}
                - log_loss: {at_most: 0.3, clip: 5}
                - absolute_error_gain: {at_least: 0, clip: 10}
                - memory_growth: {at_most: 1 MB/h, over: 72 h}
                - memory: {at_most: 2 GiB}
                correct_for_bursts: [latency, errors, agreement]
                noise_floor: {rerun_champion: 5%, rerun_challenger: 1%}
                segments: {must_not_fail: [agreement, errors]}
                """);
        assertEquals(16, criteria.criteria().size());
        assertEquals(0.05, criteria.falsePromote());
        assertEquals(0.01, criteria.falseReject());
        assertEquals(Duration.ofHours(24), criteria.watchAtLeast());
        assertEquals(1000, criteria.minSamples());
        assertEquals(50, criteria.minLabels());
        assertEquals(0.8, criteria.minCoverage());
        assertEquals(Duration.ofDays(14), criteria.giveUpAfter());
        assertEquals(Decision.REJECT, criteria.giveUpAs());
        assertEquals(Set.of(Family.LATENCY, Family.ERRORS, Family.AGREEMENT), criteria.correctForBursts());
        assertEquals(Set.of(Family.AGREEMENT, Family.ERRORS), criteria.mustNotFailInSegments());
        assertEquals(2, criteria.rules().size());
        Criterion.Rate within = (Criterion.Rate) criteria.criteria().get(1);
        assertEquals(new Question.Agreement("scores", 2), within.question());
        assertEquals(0.97, ((Criterion.Rate) criteria.criteria().get(2)).failLimit());
        assertEquals(0.495, ((Criterion.Rate) criteria.criteria().get(11)).limit());
        assertEquals(criteria, Criteria.parse(criteria.text()));
        assertEquals(criteria.criteria(), Criteria.parse(criteria.text()).criteria());
        assertEquals(criteria.text(), Criteria.parse(criteria.text()).text());
    }

    @Test
    void jsonIsTakenAsWell() throws InvalidConfigException {
        assertEquals(one("agreement: {at_least: 95%}"),
                Criteria.parse("{\"promote_when\": [{\"agreement\": {\"at_least\": \"95%\"}}]}"));
    }

    @Test
    void aQuantileOfLatencyIsAShareWithinTheLimit() throws InvalidConfigException {
        Criterion.Rate rate = (Criterion.Rate) one("latency_p99.9: {at_most: 1.5s}").criteria().getFirst();
        assertEquals(0.999, rate.limit());
        assertEquals(new Question.LatencyWithin(1_500_000_000), rate.question());
        Criterion.Ratio ratio = (Criterion.Ratio) one("latency_p90: {at_most: 1.1x champion}").criteria().getFirst();
        assertEquals(0.9, ratio.quantile());
        assertEquals(1.1, ratio.ratio());
    }

    @Test
    void nothingDeclaredAsksButDecidesNothing() throws InvalidConfigException {
        Criteria criteria = Criteria.parse("");
        assertFalse(criteria.declared());
        assertEquals(3, criteria.criteria().size());
        assertEquals(criteria, Criteria.parse((dev.understudy.model.ConfigNode) null));
        Verdict verdict = Judge.judge(new Evidence(criteria), Trials.after(0));
        assertEquals(Decision.WATCH, verdict.decision());
    }

    @Test
    void theFingerprintTellsDeclarationsApartAndNotHowTheyAreWritten() throws InvalidConfigException {
        Criteria plain = Criteria.parse("promote_when:\n- agreement: {at_least: 95%}\n");
        Criteria spaced = Criteria.parse("watch_at_least: 1440 min\npromote_when: [{agreement: {at_least: 95.0 %}}]");
        assertEquals(plain.fingerprint(), spaced.fingerprint());
        assertNotEquals(plain.fingerprint(), one("agreement: {at_least: 96%}").fingerprint());
        assertNotEquals(plain.fingerprint(), Criteria.parse("").fingerprint());
        assertEquals(16, plain.fingerprint().length());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "promote_when: [agreement: {at_least: 100%}]|1|cannot be shown by any number of requests; write a share such as 99.9%",
        "promote_when: [errors: {at_most: 0%}]|1|cannot be shown by any number of requests; write a share such as 0.1%",
        "promote_when: [agreement: {at_least: 0.95}]|1|agreement.at_least is 0.95; write a share such as 99.9%",
        "promote_when: [agreement: {at_most: 95%}]|1|unknown key at_most of agreement; the keys are at_least, over",
        "promote_when: [agreement: {over: 1h}]|1|agreement needs at_least; write a share",
        "promote_when: [agreement: {at_least: 95%, fails_below: 96%}]|1|write a worse value than at_least, which is 95%",
        "promote_when: [agreement: {at_least: 95%, agree_means: nearly}]|1|unknown comparator nearly",
        "promote_when: [agreement: {at_least: 95%, output: \"\"}]|1|write the output",
        "promote_when: [agreement: {at_least: 95%, output: a, agree_means: nearly}]|1|unknown comparator nearly",
        "promote_when: [agreement: {at_least: 95%, output: a, agree_means: {rule: close, tolerance: auto}}]|1|agreement.agree_means cannot have tolerance: auto",
        "promote_when: [accuracy_gain: {at_least: 5%}]|1|write percentage points such as 5 points",
        "promote_when: [accuracy_gain: {at_least: 100 points}]|1|that is out of reach",
        "promote_when: [extra_disagreement: {at_most: 0 points}]|1|would stay undecided for ever",
        "promote_when: [latency_p99: {at_most: 200}]|1|write a duration such as 100ms or a ratio such as 1.10x champion",
        "promote_when: [latency_p99: {at_most: 0ms}]|1|write a duration such as 100ms",
        "promote_when: [latency_p99: {at_most: 0x champion}]|1|write a ratio above 0",
        "promote_when: [latency_p99: {at_most: 1.1x champion, segment: EU}]|1|leave out segment, or use typical_latency",
        "promote_when: [latency_p0: {at_most: 200ms}]|1|latency_p0 is no quantile",
        "promote_when: [latency_p100: {at_most: 200ms}]|1|unknown criterion latency_p100; the criteria are agreement",
        "promote_when: [device_time_p50: {at_most: 1.1x champion}]|1|write a duration such as 100ms",
        "promote_when: [log_loss: {at_most: 0.3}]|1|log_loss needs clip; write the loss that counts as the worst",
        "promote_when: [log_loss: {at_most: 7, clip: 5}]|1|that is out of reach",
        "promote_when: [memory_growth: {at_most: 1MB/h}]|1|needs over: at least 9h, such as 72h",
        "promote_when: [memory_growth: {at_most: 1MB/h, over: 4h}]|1|needs over: at least 9h, such as 72h",
        "promote_when: [memory_growth: {at_most: 0MB/h, over: 72h}]|1|no growth at all cannot be shown",
        "promote_when: [memory_growth: {at_most: 0.1MB/h, over: 72h}]|1|cannot tell growths below about 0.5 MB/h",
        "promote_when: [memory: {at_most: lots}]|1|write an amount of memory such as 2GiB",
        "promote_when: [speed: {at_least: 95%}]|1|unknown criterion speed; the criteria are agreement",
        "promote_when: [agreement: 95%]|1|agreement must be a mapping with keys among at_least",
        "promote_when: [agreement]|1|an item of promote_when must be one criterion with its limit",
        "promote_when: []|1|criteria needs promote_when, a list such as",
        "watch_at_least: 1h|1|criteria needs promote_when, a list such as",
        "agreement: 95%|1|unknown key agreement of criteria; the keys are promote_when, false_promote",
        "[agreement]|1|criteria must be a mapping with keys among promote_when"})
    void whatCannotBeMeantIsRefusedWithWhatWouldBeRight(String text, int line, String right) {
        assertRefused(text, line, right);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"false_promote: 0%|write a chance from 0.001% to 50%",
        "false_promote: 60%|write a chance from 0.001% to 50%", "false_reject: 5|write a chance",
        "watch_at_least: 90s|write a duration in whole minutes", "watch_at_least: soon|write a duration",
        "watch_at_least: 15d|give_up_after is 14d, before watch_at_least", "give_up_after: 0|whole minutes above 0",
        "give_up_after: 1000d|up to 366d", "give_up_as: promote|write not_enough_evidence or reject",
        "min_samples: -1|write a whole number from 0", "min_samples: 1.5|write a whole number from 0",
        "min_labels: 10|labels that no criterion asks for", "min_coverage: 101%|write a share from 0% to 100%",
        "noise_floor: {judge: raw}|unknown key judge of criteria.noise_floor",
        "noise_floor: {rerun_champion: 200%}|write a share from 0% to 100%",
        "correct_for_bursts: latency|must be a list among agreement, errors",
        "correct_for_bursts: [sun]|must be a list among agreement, errors",
        "correct_for_bursts: [memory]|votes are not requests",
        "segments: {by: country}|unknown key by of criteria.segments; the keys are must_not_fail"})
    void everyOtherKeyIsHeldToItsRange(String line, String right) {
        assertRefused("promote_when:\n- agreement: {at_least: 95%}\n" + line, 0, right);
    }

    private static void assertRefused(String text, int line, String right) {
        String message = String.valueOf(
                assertThrows(InvalidConfigException.class, () -> Criteria.parse(text)).getMessage());
        assertTrue(message.contains(right), message);
        assertTrue(line == 0 || message.startsWith("line " + line + ": "), message);
    }

    @Test
    void aRefusalNamesTheLineItStandsOn() {
        assertRefused("promote_when:\n- agreement: {at_least: 95%}\n- errors:\n    at_most: 0%\n", 4,
                "errors.at_most is 0%");
        assertRefused("promote_when:\n- agreement: {at_least: 95%}\n\nmin_samples: many\n", 4,
                "criteria.min_samples is many");
        assertRefused("promote_when:\n- agreement: {at_least: 95%}\n- agreement: {at_least: 95.0%}\n", 3,
                "declared twice");
        assertRefused("promote_when:\n- accuracy: {at_least: 95%, over: 30d}\n", 1,
                "before accuracy: {at_least: 95%, over: 30d}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"agreement: {at_least: 99.99%}", "agreement: {at_least: 33.3%}",
        "agreement: {at_least: 95%, output: \"a \\\"b\\\" \\u00E9\", agree_means: {rule: close, atol: 1.0E-4, on: 99.9%}}",
        "agreement: {at_least: 95%, agree_means: {\"b\": same_top_answer, \"a\": {rule: same_top_k, k: 5}}}",
        "agreement: {at_least: 95%, agree_means: same_top_answer}",
        "agreement: {at_least: 95%, agree_means: {rule: within, max_abs: 0.05}}",
        "agreement: {at_least: 95%, segment: \"\\U0001F600\", over: 90min}",
        "accuracy_gain: {at_least: -0.5 points}", "latency_p99.9: {at_most: 1500us}",
        "latency_p50: {at_most: 0.9x champion}", "squared_error_gain: {at_least: 0.001, clip: 2.5}",
        "memory: {at_most: 1500kB}"})
    void whatIsReadIsWrittenSoThatItReadsTheSame(String criterion) throws InvalidConfigException {
        Criteria criteria = one(criterion);
        Criteria again = Criteria.parse(criteria.text());
        assertEquals(criteria.text(), again.text());
        assertEquals(criteria.criteria(), again.criteria());
    }
}
