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

    /// The place nearest to a value.
    int place(double value) {
        return (int) Math.rint(Math.clamp(value, 0, 1) * (size - 1));
    }
}
