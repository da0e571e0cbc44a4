package dev.understudy.verdict;

import java.util.function.LongPredicate;

/// Finds how many observations it would take, if all went on as it is. Stateless.
final class Forecast {
    private Forecast() {}

    /// The smallest number from `now` up that decides, by doubling and then halving; -1 when it is beyond `most`.
    ///
    /// @param now     at least 1
    /// @param close   a number that is larger by less than this factor will do; 1 for the smallest itself
    /// @param decides false up to some number, and true from there on
    static long total(long now, long most, double close, LongPredicate decides) {
        long shy = now;
        long enough = now;
        while (!decides.test(enough)) {
            shy = enough;
            enough *= 2;
            if (enough > most) {
                return -1;
            }
        }
        while (enough - shy > 1 && enough > shy * close) {
            long middle = shy + (enough - shy) / 2;
            if (decides.test(middle)) {
                enough = middle;
            } else {
                shy = middle;
            }
        }
        return enough;
    }
}
