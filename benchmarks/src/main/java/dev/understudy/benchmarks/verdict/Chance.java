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

    double beta(double a, double b) {
        double one = gamma(a);
        return one / (one + gamma(b));
    }

    /// Marsaglia and Tsang's way, by rejection; below a shape of 1 from the next shape's.
    private double gamma(double shape) {
        if (shape < 1) {
            return gamma(shape + 1) * Math.pow(1 - random.nextDouble(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(1 - random.nextDouble()) < x * x / 2 + d - d * v + d * Math.log(v)) {
                return d * v;
            }
        }
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
