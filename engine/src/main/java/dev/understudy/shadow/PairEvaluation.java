package dev.understudy.shadow;

import dev.understudy.diff.Comparators;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.Pair;

/// One evaluation in progress: what is needed to compare a challenger's answers with its champion's, and the running
/// result. Single writer: the comparer's thread; readable from any.
public final class PairEvaluation {
    private final String model;
    private final Pair pair;
    private final Pairing pairing;
    private final Comparators comparators;
    private final Ledger ledger;
    private final Segments segments;
    private volatile Agreement agreement;
    private volatile String lastFailure = "";

    /// An evaluation that goes on from what earlier runs of the server found.
    ///
    /// @param segments the model's, shared by its evaluations
    public PairEvaluation(String model, Pair pair, Pairing pairing, Comparators comparators, Ledger ledger,
            Segments segments, Agreement earlier) {
        this.model = model;
        this.pair = pair;
        this.pairing = pairing;
        this.comparators = comparators;
        this.ledger = ledger;
        this.segments = segments;
        this.agreement = earlier;
    }

    public String model() {
        return model;
    }

    public Pair pair() {
        return pair;
    }

    public Ledger ledger() {
        return ledger;
    }

    public Agreement agreement() {
        return agreement;
    }

    /// Why the challenger last failed on a request, or empty.
    public String lastFailure() {
        return lastFailure;
    }

    Pairing pairing() {
        return pairing;
    }

    Comparators comparators() {
        return comparators;
    }

    Segments segments() {
        return segments;
    }

    void count(boolean agreed) {
        Agreement before = agreement;
        agreement = new Agreement(before.compared() + 1, before.agreed() + (agreed ? 1 : 0));
    }

    void noteFailure(String reason) {
        lastFailure = reason;
    }
}
