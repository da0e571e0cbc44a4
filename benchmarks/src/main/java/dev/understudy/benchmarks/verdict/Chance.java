package dev.understudy.benchmarks.verdict;

import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/// Draws for the simulations; every run has a generator of its own, so that runs may go in any order. Not thread-safe;
/// owned by its run.
final class Chance {
    /// The one seed, printed with the results.
    static final long SEED = 20_260_712;

    private final RandomGenerator random;

    private Chance(long seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /// The generator of one run of one trial.
    static Chance of(String trial, int run) {
        return new Chance((SEED * 31 + trial.hashCode()) * 1_000_003L + run);
    }

    /// One result for each run, worked out on all cores.
    static <T> List<T> runs(String trial, int runs, Function<Chance, T> run) {
        return IntStream.range(0, runs).parallel().mapToObj(i -> run.apply(of(trial, i))).toList();
    }

    double uniform() {
        return random.nextDouble();
    }

    double normal() {
        return random.nextGaussian();
    }

    double exponential(double mean) {
        return -mean * Math.log1p(-random.nextDouble());
    }

    /// How many trials until the first success, at least 1.
    long geometric(double chance) {
        return chance <= 0
                ? Long.MAX_VALUE / 4
                : 1 + (long) Math.min(1e15, Math.log1p(-random.nextDouble()) / Math.log1p(-chance));
    }

    /// Successes among some trials; takes time in proportion to them.
    int binomial(int trials, double chance) {
        int successes = 0;
        for (long at = geometric(chance); at <= trials; at += geometric(chance)) {
            successes++;
        }
        return successes;
    }
}
