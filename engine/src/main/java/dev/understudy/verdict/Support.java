package dev.understudy.verdict;

/// The values an observation can take, all between 0 (bad) and 1 (good). Few values make counts sufficient.
enum Support {
    /// 0 or 1.
    YES_NO(2),
    /// 0, 1/2 or 1: of a pair, only the challenger wrong, no difference, only the reference wrong.
    PAIRED(3),
    /// A score in steps of a thousandth.
    SCORE(1001);

    private final int size;

    Support(int size) {
        this.size = size;
    }

    int size() {
        return size;
    }

    /// The value at a place, from 0 for the worst.
    double value(int place) {
        return (double) place / (size - 1);
    }

    /// The place below or above a value, so chosen by a draw that its mean is the value: rounding to the nearest would move
    /// the mean, and bets would find out that it lies on the wrong side of a limit.
    ///
    /// @param draw evenly spread from 0 to 1, 1 excluded, and nothing that the value depends on
    int place(double value, double draw) {
        return (int) Math.floor(Math.clamp(value, 0, 1) * (size - 1) + draw);
    }

    /// The place nearest to a value.
    int place(double value) {
        return (int) Math.rint(Math.clamp(value, 0, 1) * (size - 1));
    }
}
