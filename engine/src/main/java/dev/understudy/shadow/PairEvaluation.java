package dev.understudy.shadow;

import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.Comparators;
import dev.understudy.diff.Difference;
import dev.understudy.diff.NoiseMeter;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.journal.Answers;
import dev.understudy.journal.Journal;
import dev.understudy.journal.Seen;
import dev.understudy.journal.Terms;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Minute;
import dev.understudy.verdict.Observation;
import dev.understudy.verdict.Pair;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One evaluation in progress: what is needed to compare a challenger's answers with its champion's, and the running
/// result. Single writer: the comparer's thread; readable from any.
public final class PairEvaluation {
    private final String model;
    private final Pair pair;
    private final Terms terms;
    private final Journal journal;
    private final Pairing pairing;
    private final Ledger ledger;
    private final Ledger reruns = new Ledger(LedgerCounts.ZERO);
    private final Ledger probes = new Ledger(LedgerCounts.ZERO);
    private final Segments segments;
    private final NoiseMeter noise;
    private volatile Agreement agreement;
    private volatile String lastFailure = "";

    /// An evaluation that goes on from what earlier runs of the server found.
    ///
    /// @param terms    what it is judged by, as the pair's rules say
    /// @param journal  where its evidence goes
    /// @param segments the model's, shared by its evaluations
    /// @param noise    the champion's, shared by its evaluations
    public PairEvaluation(String model, Pair pair, Terms terms, Journal journal, Pairing pairing, Ledger ledger,
            Segments segments, NoiseMeter noise, Agreement earlier) {
        this.model = model;
        this.pair = pair;
        this.terms = terms;
        this.journal = journal;
        this.pairing = pairing;
        this.ledger = ledger;
        this.segments = segments;
        this.noise = noise;
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

    /// The account of requests that were run a second time, apart from [#ledger]; since this process began. Compared is one
    /// whose second run told something.
    public Ledger reruns() {
        return reruns;
    }

    /// The account of latency probes, likewise. Compared is one that answered.
    public Ledger probes() {
        return probes;
    }

    public Agreement agreement() {
        return agreement;
    }

    /// Why the challenger last failed on a request, or empty.
    public String lastFailure() {
        return lastFailure;
    }

    public Terms terms() {
        return terms;
    }

    /// Records what was seen beside the comparisons: a probe, a re-run, a sample of memory. Waits for the journal when that
    /// is behind, so never on a thread of the champion, nor on a lane's. Thread-safe.
    public void observe(Observation observation) {
        journal.append(pair, System.currentTimeMillis(), new Seen(List.of(observation), null));
    }

    /// The same of several at once.
    void observe(List<Observation> observations) {
        journal.append(pair, System.currentTimeMillis(), new Seen(observations, null));
    }

    /// Records what came of a latency probe, as [#observe] does.
    ///
    /// @param nanos from hand-over to the end
    public void probed(InferenceRequest request, RunOutcome outcome, long nanos) {
        long minute = Minute.of(System.currentTimeMillis());
        String segment = segments.of(request.segment());
        observe(switch (outcome) {
            case RunOutcome.Answered _ -> new Observation.Probed(minute, segment, nanos);
            case RunOutcome.Failed failed when failed.cancelled() -> new Observation.ProbeCutShort(minute, segment);
            case RunOutcome.Failed _ -> new Observation.Probed(minute, segment, -1);
        });
    }

    /// How the challenger's answer differs from another: by the model's comparators first, and then by each rule that the
    /// criteria declare for themselves.
    ///
    /// @param challenger under the champion's names
    public List<Difference> differences(List<Tensor> champion, List<Tensor> challenger) {
        List<Difference> differences = new ArrayList<>(1 + terms.criteria().rules().size());
        differences.add(terms.comparators().compare(champion, challenger));
        for (Comparators rule : terms.criteria().rules()) {
            differences.add(rule.compare(champion, challenger));
        }
        return differences;
    }

    /// What was answered, to be held until a label comes; null where no label can.
    @Nullable
    Answers answers(InferenceRequest request, @Nullable String segment, InferenceResponse champion,
            List<Tensor> challenger) {
        return terms.task().flatMap(task -> Answers.of(task, request.requestId(), segment, champion.outputs(),
                challenger)).orElse(null);
    }

    Journal journal() {
        return journal;
    }

    Pairing pairing() {
        return pairing;
    }

    NoiseMeter noise() {
        return noise;
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
