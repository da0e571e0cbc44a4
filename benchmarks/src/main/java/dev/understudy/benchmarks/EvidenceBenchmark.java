package dev.understudy.benchmarks;

import dev.understudy.diff.Difference;
import dev.understudy.diff.OutputDifference;
import dev.understudy.diff.TensorMetrics;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.verdict.Circumstances;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Evidence;
import dev.understudy.verdict.Judge;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Observation;
import dev.understudy.verdict.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What the verdict costs the shadow side: taking a comparison into the evidence, which happens for each, and judging,
/// which happens when someone looks. Six criteria, ten segments, a day of minutes.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class EvidenceBenchmark {
    private static final String CRITERIA = """
            promote_when:
            - agreement: {at_least: 95%}
            - agreement: {at_least: 99%, output: probabilities}
            - extra_disagreement: {at_most: 5 points}
            - latency_p99: {at_most: 200ms}
            - errors: {at_most: 0.1%}
            - accuracy_gain: {at_least: 5 points}
            """;
    private static final List<String> SEGMENTS = IntStream.range(0, 10).mapToObj(i -> "segment " + i).toList();
    private static final List<Difference> AGREES = difference(true);
    private static final List<Difference> DIFFERS = difference(false);
    private static final int MINUTE = 1_000;

    private Evidence evidence = evidence();
    private long taken;

    private static Evidence evidence() {
        try {
            return new Evidence(Criteria.parse(CRITERIA));
        } catch (InvalidConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /// A day with a thousand comparisons a minute.
    @Setup
    public void watchADay() {
        evidence = evidence();
        for (taken = 0; taken < 1440 * MINUTE; taken++) {
            evidence.take(observation(taken));
        }
    }

    private static Observation observation(long number) {
        return new Observation.Compared(number / MINUTE, SEGMENTS.get((int) (number % SEGMENTS.size())), 1_000_000,
                number % 50 == 0 ? DIFFERS : AGREES);
    }

    private static List<Difference> difference(boolean agrees) {
        TensorMetrics metrics = new TensorMetrics(10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
        return List
                .of(new Difference(List.of(new OutputDifference.Elementwise("probabilities", "same_top_answer", agrees,
                        agrees ? 0 : 2, metrics, null))));
    }

    /// One comparison, in minutes of a thousand.
    @Benchmark
    public Evidence take() {
        evidence.take(observation(taken++));
        return evidence;
    }

    /// One look at the whole evaluation.
    @Benchmark
    public Verdict judge() {
        return Judge.judge(evidence,
                new Circumstances(LedgerCounts.ZERO, taken / MINUTE, List.of()));
    }
}
