package dev.understudy.benchmarks.verdict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Simulates evaluations with the real verdict and prints what came of them as tables.
public final class VerdictMarks {
    private VerdictMarks() {}

    /// Exits with 1 when a mark is missed.
    ///
    /// @param args the parts to run, all when there are none
    public static void main(String[] args) {
        Map<String, Supplier<List<Finding>>> parts = new LinkedHashMap<>();
        parts.put("rates on the limit, a look after each of 100,000 requests", RateTrials::onTheLimit);
        parts.put("rates that drift", RateTrials::drifting);
        parts.put("gains on the limit, a look after each label", GainTrials::onTheLimit);
        parts.put("latency on the limit, a look after each of 20,000 re-runs", LatencyTrials::onTheLimit);
        parts.put("beside canary judges", LatencyTrials::besideCanaryJudges);
        parts.put("bursts, p99 on the limit in the long run", BurstTrials::findings);
        parts.put("several criteria, 60 looks up to 100,000 requests", EvaluationTrials::severalCriteria);
        parts.put("the champion against itself", AgainstItselfTrials::findings);
        parts.put("segments", EvaluationTrials::segments);
        parts.put("memory that grows by the limit", MemoryTrials::onTheLimit);
        parts.put("replicas", EvaluationTrials::replicas);
        parts.put("requests to decide, median", RateTrials::toDecide);
        parts.put("labels to decide, median", GainTrials::toDecide);
        parts.put("re-runs to decide, median", LatencyTrials::toDecide);
        parts.put("scores to decide, median", ScoreTrials::toDecide);
        parts.put("requests to decide, replicas, median", EvaluationTrials::replicasToDecide);
        parts.put("memory, decided within the period", MemoryTrials::toDecide);
        List<Finding> all = new ArrayList<>();
        System.out.println("seed " + Chance.SEED + "\n");
        parts.forEach((heading, part) -> {
            if (args.length == 0 || List.of(args).stream().anyMatch(heading::contains)) {
                List<Finding> findings = part.get();
                all.addAll(findings);
                System.out.println(Finding.table(heading, findings));
            }
        });
        long missed = all.stream().filter(finding -> !finding.met()).count();
        System.out.println(missed == 0 ? "every mark met" : missed + " marks missed");
        System.exit(missed == 0 ? 0 : 1);
    }
}
