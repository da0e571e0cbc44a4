package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.engine.ModelStatus.Effort;
import dev.understudy.engine.ModelStatus.ExtraLooks;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.ffm.cuda.GpuReading;
import dev.understudy.journal.Position;
import dev.understudy.runtime.Isolation;
import dev.understudy.server.management.ControlView.JournalHealth;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MetricsPageTest {
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final StageView view = new StageView();
    private final MetricsPage page = new MetricsPage(view);

    @AfterEach
    void close() {
        page.close();
    }

    private record Sample(String name, Map<String, String> labels, double value) {}

    /// Reads a page as a scraper does: every sample within its family, no series twice.
    private static List<Sample> scraped(String text) {
        List<Sample> samples = new ArrayList<>();
        Set<String> families = new HashSet<>();
        Set<String> series = new HashSet<>();
        String family = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                family = line.split(" ", -1)[2];
                assertTrue(families.add(family), () -> "family twice: " + line);
            } else if (!line.startsWith("#")) {
                Matcher matcher = SAMPLE.matcher(line);
                assertTrue(matcher.matches(), line);
                assertTrue(series.add(line.substring(0, line.lastIndexOf(' '))), () -> "series twice: " + line);
                assertTrue(matcher.group(1).startsWith(family), line);
                Map<String, String> labels = new LinkedHashMap<>();
                Matcher label = LABEL.matcher(matcher.group(2) == null ? "" : matcher.group(2));
                while (label.find()) {
                    labels.put(label.group(1), label.group(2));
                }
                samples.add(new Sample(matcher.group(1), labels,
                        Double.parseDouble(matcher.group(3).replace("Inf", "Infinity"))));
            }
        }
        return samples;
    }

    private static double sum(List<Sample> samples, String name, String challenger) {
        return samples.stream().filter(each -> each.name().equals(name))
                .filter(each -> challenger.equals(each.labels().get("challenger_sha"))).mapToDouble(Sample::value)
                .sum();
    }

    @Test
    void servingMetricsHaveTritonsNamesTypesAndUnits() {
        view.statistics = List.of(Cast.statistics("digits"));
        String text = page.scrape();

        String labels = "{model=\"digits\",version=\"1\"} ";
        for (String line : List.of("# TYPE nv_inference_request_success counter",
                "nv_inference_request_success" + labels + "25", "nv_inference_request_failure" + labels + "4",
                "nv_inference_count" + labels + "40", "nv_inference_exec_count" + labels + "30",
                "nv_inference_request_duration_us" + labels + "2500", "nv_inference_queue_duration_us" + labels + "3",
                "nv_inference_compute_input_duration_us" + labels + "4",
                "nv_inference_compute_infer_duration_us" + labels + "5",
                "nv_inference_compute_output_duration_us" + labels + "6",
                "# TYPE nv_inference_pending_request_count gauge",
                "nv_inference_pending_request_count" + labels + "6")) {
            assertTrue(text.lines().anyMatch(line::equals), line);
        }
        assertFalse(text.contains("nv_inference_count_total"));
    }

    @Test
    void theVerdictIsOnThePageCriterionByCriterion() {
        view.models = List.of(Cast.model("digits", Cast.challenger("2", Cast.CHALLENGER_SHA)));
        List<Sample> samples = scraped(page.scrape());
        assertEquals(1, one(samples, "understudy_verdict", "decision", "reject"));
        assertEquals(0, one(samples, "understudy_verdict", "decision", "promote"));
        String agreement = "agreement: {at_least: 99%}";
        assertEquals(0.96, one(samples, "understudy_criterion_estimate", "criterion", agreement));
        assertEquals(0.93, one(samples, "understudy_criterion_low", "criterion", agreement));
        assertEquals(Double.POSITIVE_INFINITY, one(samples, "understudy_criterion_fail_odds", "criterion", agreement));
        assertEquals(1, samples.stream().filter(each -> each.name().equals("understudy_criterion_outcome")
                && each.labels().values().containsAll(List.of(agreement, "fail"))).findFirst().orElseThrow().value());
        assertEquals(1, samples.stream().filter(each -> each.name().equals("understudy_criterion_estimate")).count(),
                "a criterion that has seen nothing has no estimate");
        assertEquals(0, one(samples, "understudy_gate_open", "gate", "min_coverage"));
        assertEquals(1, one(samples, "understudy_segment_failing", "segment", "night"));
    }

    @Test
    void theVerdictOnAWithdrawnChallengerIsNotOnThePageAnyMore() {
        Challenger base = Cast.challenger("2", Cast.CHALLENGER_SHA);
        view.models = List.of(Cast.model("digits", new Challenger(base.version(), base.sha256(), State.RETIRED,
                "its file was removed", base.pair(), 0, base.ledger(), base.agreement(), base.isolation(),
                base.effort(), base.extra(), base.verdict())));
        List<String> names = scraped(page.scrape()).stream().map(Sample::name).toList();
        for (String name : List.of("understudy_verdict", "understudy_criterion_outcome",
                "understudy_segment_failing")) {
            assertFalse(names.contains(name), name);
        }
        assertTrue(names.contains("understudy_shadow_compared_total"));
    }

    private static double one(List<Sample> samples, String name, String label, String value) {
        return samples.stream().filter(each -> each.name().equals(name) && value.equals(each.labels().get(label)))
                .findFirst().orElseThrow().value();
    }

    /// I3 as an operator can check it: from the text of one scrape.
    @Test
    void everyLedgerBalancesInEveryScrape() {
        long seed = Long.getLong("seed", 20261122);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            List<Challenger> challengers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                LedgerCounts counts = ledger(random);
                challengers.add(new Challenger("v" + i, i + "0000000" + "e".repeat(56), State.SHADOWING, "",
                        Optional.empty(), 1, counts,
                        new Agreement(counts.compared(), counts.compared() / 2), Isolation.PACED, Effort.NONE,
                        ExtraLooks.NONE,
                        Optional.empty()));
            }
            view.models = List.of(Cast.model("digits", challengers.toArray(new Challenger[0])));
            List<Sample> samples = scraped(page.scrape());
            for (Challenger challenger : challengers) {
                String sha = challenger.sha256().substring(0, 8);
                assertEquals((double) challenger.ledger().sampled(),
                        sum(samples, "understudy_shadow_sampled_total", sha));
                assertEquals(sum(samples, "understudy_shadow_sampled_total", sha),
                        sum(samples, "understudy_shadow_compared_total", sha)
                                + sum(samples, "understudy_shadow_shed_total", sha)
                                + sum(samples, "understudy_shadow_failed_total", sha)
                                + sum(samples, "understudy_shadow_in_flight", sha));
                assertEquals(1, sum(samples, "understudy_challenger_state", sha));
            }
        }
    }

    private static LedgerCounts ledger(Random random) {
        Map<ShedReason, Long> shed = new EnumMap<>(ShedReason.class);
        Map<FailureReason, Long> failed = new EnumMap<>(FailureReason.class);
        long sampled = 0;
        for (ShedReason reason : ShedReason.values()) {
            long count = random.nextInt(1000);
            shed.put(reason, count);
            sampled += count;
        }
        for (FailureReason reason : FailureReason.values()) {
            long count = random.nextInt(1000);
            failed.put(reason, count);
            sampled += count;
        }
        long compared = random.nextInt(100_000);
        long inFlight = random.nextInt(100);
        sampled += compared + inFlight;
        return new LedgerCounts(sampled * 2, sampled, compared, shed, failed, inFlight);
    }

    @Test
    void ratiosAreThoseOfTheStatusAndAgreementIsAbsentBeforeTheFirstComparison() {
        view.models = List.of(Cast.model("digits", Cast.challenger("2", Cast.CHALLENGER_SHA),
                Cast.refused("3", Cast.OTHER_SHA, "no")));
        List<Sample> samples = scraped(page.scrape());

        Map<String, String> labels = Map.of("model", "digits", "champion", "1", "champion_sha", "aaaaaaaa",
                "challenger", "2", "challenger_sha", "1f0c22ab");
        assertTrue(samples.contains(new Sample("understudy_shadow_coverage_ratio", labels, 0.5)));
        assertTrue(samples.contains(new Sample("understudy_shadow_agreement_ratio", labels, 0.96)));
        assertTrue(samples.contains(new Sample("understudy_shadow_sample_ratio", labels, 0.75)));
        assertTrue(samples.contains(new Sample("understudy_shadow_agreed_total", labels, 96)));
        assertFalse(samples.stream().anyMatch(each -> each.name().equals("understudy_shadow_agreement_ratio")
                && "2e9d33cd".equals(each.labels().get("challenger_sha"))));
        assertTrue(samples.stream().anyMatch(each -> each.name().equals("understudy_challenger_state")
                && "refused".equals(each.labels().get("state"))
                && "2e9d33cd".equals(each.labels().get("challenger_sha")) && each.value() == 1));
        assertTrue(samples.contains(new Sample("understudy_shadow_effective_sample_ratio", labels, 0.375)));
        assertTrue(samples.contains(new Sample("understudy_shadow_device_seconds_total", labels, 1.5)));
        assertTrue(samples.contains(new Sample("understudy_shadow_cost_ratio", labels, 0.25)));
        assertEquals(1, samples.stream().filter(each -> each.name().equals("understudy_shadow_cost_ratio")).count(),
                "absent where nothing was compared");
        Map<String, String> session = Map.of("model", "digits", "version", "2", "role", "challenger");
        assertTrue(samples.contains(new Sample("understudy_session_memory_bytes", session, 3_000)));
        assertTrue(samples.contains(new Sample("understudy_session_memory_peak_bytes", session, 2_000)));
        assertEquals(1, samples.stream().filter(each -> each.name().equals("understudy_session_memory_bytes")).count(),
                "absent where it is not known");
        Map<String, String> model = Map.of("model", "digits");
        assertTrue(samples.contains(new Sample("understudy_champion_device_seconds_total", model, 12)));
        assertTrue(samples.contains(new Sample("understudy_shadow_duty_ratio", model, 0.5)));
        assertTrue(samples.contains(new Sample("understudy_shadow_champion_latency_ratio",
                Map.of("model", "digits", "quantile", "0.99"), 1.5)));
        assertEquals(List.of("paced"), samples.stream()
                .filter(each -> each.name().equals("understudy_shadow_isolation") && each.value() == 1
                        && "1f0c22ab".equals(each.labels().get("challenger_sha")))
                .map(each -> each.labels().get("isolation")).toList());
    }

    @Test
    void aGpuIsThereUnderTritonsNamesAsFarAsItTells() {
        assertFalse(page.scrape().contains("gpu"), "models run on the processor");

        view.gpu = new GpuReading("GPU-1", 0.25, 3, 4, 51.5, 400, Double.NaN);
        List<Sample> samples = scraped(page.scrape());

        Map<String, String> labels = Map.of("gpu_uuid", "GPU-1");
        assertTrue(samples.contains(new Sample("nv_gpu_utilization", labels, 0.25)));
        assertTrue(samples.contains(new Sample("nv_gpu_memory_used_bytes", labels, 3)));
        assertTrue(samples.contains(new Sample("nv_gpu_memory_total_bytes", labels, 4)));
        assertTrue(samples.contains(new Sample("nv_gpu_power_usage", labels, 51.5)));
        assertTrue(samples.contains(new Sample("nv_gpu_power_limit", labels, 400)));
        assertFalse(samples.stream().anyMatch(each -> each.name().equals("nv_energy_consumption")), "it does not tell");

        view.gpu = new GpuReading("GPU-1", Double.NaN, -1, -1, Double.NaN, Double.NaN, 12.5);
        assertEquals(List.of(new Sample("nv_energy_consumption", labels, 12.5)), scraped(page.scrape()).stream()
                .filter(each -> each.labels().containsKey("gpu_uuid")).toList());
    }

    @Test
    void aChallengerThatIsGoneLeavesNoSeries() {
        view.models = List.of(Cast.model("digits", Cast.challenger("2", Cast.CHALLENGER_SHA)));
        assertTrue(page.scrape().contains("1f0c22ab"));

        view.models = List.of(Cast.model("digits"));

        assertFalse(page.scrape().contains("1f0c22ab"));
    }

    @Test
    void labelsAreEscapedAndADoubledSeriesIsWrittenOnce() {
        Challenger odd = Cast.challenger("a\"b\\c\nd", Cast.CHALLENGER_SHA);
        view.models = List.of(Cast.model("digits", odd, odd));
        String text = page.scrape();

        assertTrue(text.contains("challenger=\"a\\\"b\\\\c\\nd\""));
        scraped(text);
    }

    @Test
    void journalReadinessAndJvmAreOnThePage() {
        view.ready = false;
        view.health = new JournalHealth(Optional.of("disk full"), 3, new Position(9, 1_500));
        List<Sample> samples = scraped(page.scrape());

        assertTrue(samples.contains(new Sample("understudy_ready", Map.of(), 0)));
        assertTrue(samples.contains(new Sample("understudy_journal_committed_sequence", Map.of(), 9)));
        assertTrue(samples.contains(new Sample("understudy_journal_committed_timestamp_seconds", Map.of(), 1.5)));
        assertTrue(samples.contains(new Sample("understudy_journal_lost_rows_total", Map.of(), 3)));
        assertTrue(samples.contains(new Sample("understudy_journal_failed", Map.of(), 1)));
        assertTrue(samples.contains(new Sample("understudy_maintenance_running", Map.of(), 1)));
        assertTrue(samples.contains(new Sample("understudy_maintenance_seconds_total", Map.of(), 1.5)));
        assertTrue(samples.contains(new Sample("understudy_maintenance_champion_answers_total", Map.of(), 40)));
        assertTrue(
                samples.contains(new Sample("understudy_maintenance_champion_latency_seconds_max", Map.of(), 0.025)));
        for (String jvm : List.of("jvm_memory_used_bytes", "jvm_threads_live_threads", "jvm_gc_max_data_size_bytes")) {
            assertTrue(samples.stream().anyMatch(each -> each.name().equals(jvm)), jvm);
        }
    }
}
