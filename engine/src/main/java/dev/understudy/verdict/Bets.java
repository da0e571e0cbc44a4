package dev.understudy.verdict;

/// Grid betting: a fixed mixture of 24 constant bets that the mean of values between 0 and 1 lies on one side of a limit.
/// Immutable.
///
/// Bet j multiplies its wealth by `1 - c + c * y/m` (that the mean is above m) or `1 - c + c * (1-y)/(1-m)` (below), which
/// is 1 at most on average when it is not. By Ville's inequality the mixture's wealth ever reaches 1/alpha with a chance
/// of at most alpha then, however often one looks. Constant bets make the logarithm of a bet's wealth a sum over
/// observations, so counts are sufficient, order does not matter, and the bound holds for an average that drifts.
///
/// The functions are those of [StrictMath], so that a verdict has the same digits on every machine.
public final class Bets {
    private static final int COUNT = 24;
    private static final int TAIL = 8;
    private static final int MAIN = COUNT - TAIL;
    private static final double LARGEST = 63.0 / 64;
    /// The tail keeps power at tiny margins and in huge samples.
    private static final double LOG_TAIL_WEIGHT = StrictMath.log(0.1 / TAIL);
    private static final double LOG_MAIN_WEIGHT = StrictMath.log(0.9 / MAIN);

    private final boolean up;
    private final double limit;
    private final double[] fractions;
    /// What values of 0 and of 1 come to at the bets' own limit, which is asked about most.
    private final double[] logWorst = new double[COUNT];
    private final double[] logBest = new double[COUNT];

    private Bets(boolean up, double limit) {
        this.up = up;
        this.limit = limit;
        this.fractions = fractions(up ? limit / (1 - limit) : (1 - limit) / limit);
        for (int j = 0; j < COUNT; j++) {
            logWorst[j] = logFactor(j, 0, limit);
            logBest[j] = logFactor(j, 1, limit);
        }
    }

    /// Bets that the mean is above a limit.
    ///
    /// @param limit above 0 and below 1
    public static Bets above(double limit) {
        return new Bets(true, limit);
    }

    /// Bets that it is below.
    public static Bets below(double limit) {
        return new Bets(false, limit);
    }

    private static double[] fractions(double odds) {
        double[] fractions = new double[COUNT];
        double low = StrictMath.log(odds / 64);
        double high = StrictMath.log(Math.min(LARGEST, 32 * odds));
        double edge = StrictMath.log(63);
        for (int i = 0; i < MAIN; i++) {
            double step = (double) i / (MAIN - 1);
            fractions[TAIL + i] = odds >= 1
                    ? 1 / (1 + StrictMath.exp(edge - 2 * edge * step))
                    : StrictMath.exp(low + (high - low) * step);
        }
        for (int i = 0; i < TAIL; i++) {
            fractions[i] = Math.scalb(fractions[TAIL], i - TAIL);
        }
        return fractions;
    }

    /// The share of its wealth that bet `j` puts at stake.
    double fraction(int j) {
        return fractions[j];
    }

    /// Natural logarithm of the wealth after a sample, which is that of the odds against "the mean is on the other side".
    ///
    /// @param limit the limit now asked about. These bets stay valid for any; falls as the limit moves away from where the
    ///              sample lies
    public double logWealth(Sample sample, double limit) {
        double[] logs = new double[COUNT];
        double largest = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < COUNT; j++) {
            double log = j < TAIL ? LOG_TAIL_WEIGHT : LOG_MAIN_WEIGHT;
            for (int i = 0; i < sample.values(); i++) {
                if (sample.count(i) != 0) {
                    double value = sample.value(i);
                    log += sample.count(i) * (limit == this.limit && value == 0
                            ? logWorst[j]
                            : limit == this.limit && value == 1 ? logBest[j] : logFactor(j, value, limit));
                }
            }
            logs[j] = log;
            largest = Math.max(largest, log);
        }
        double sum = 0;
        for (double log : logs) {
            // Below this a summand is lost in the first one's rounding.
            sum += log - largest < -40 ? 0 : StrictMath.exp(log - largest);
        }
        return largest + StrictMath.log(sum);
    }

    private double logFactor(int j, double value, double limit) {
        double payoff = up ? value / limit : (1 - value) / (1 - limit);
        return StrictMath.log1p(fractions[j] * (payoff - 1));
    }
}
