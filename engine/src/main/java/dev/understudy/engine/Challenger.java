package dev.understudy.engine;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.journal.Evaluation;
import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.Isolation;
import dev.understudy.shadow.Ledger;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.shadow.ProbeLine;
import dev.understudy.shadow.ShadowCost;
import dev.understudy.shadow.ShadowLine;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Verdict;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One version that is not champion, from its arrival to its end. Single writer: the director's thread; readable from any.
final class Challenger {
    private final String version;
    private final String sha256;
    private final @Nullable ModelVersion files;
    private final @Nullable PairEvaluation earlier;
    private final @Nullable Evaluation onRecord;
    private volatile State state;
    private volatile String reason;
    private volatile @Nullable PairEvaluation evaluation;
    /// Evaluations that ended because another began, while the last of what they ran is still being compared.
    private final Set<PairEvaluation> ending = ConcurrentHashMap.newKeySet();
    private volatile @Nullable ShadowLine line;
    private volatile @Nullable ProbeLine probes;
    private volatile @Nullable ShadowCost cost;
    private volatile @Nullable Verdict verdict;

    /// A version whose copy is in the object store.
    ///
    /// @param earlier  the evaluation it goes on with, when it ended before in this process
    /// @param onRecord what the journal has of the one it goes on with, shown until it does
    Challenger(ModelVersion files, @Nullable PairEvaluation earlier, @Nullable Evaluation onRecord) {
        this(files.version(), files.sha256(), files, earlier, onRecord, State.LOADING, "");
    }

    /// The same without anything on record.
    Challenger(ModelVersion files) {
        this(files, null, null);
    }

    /// A version whose files cannot be a model.
    Challenger(String version, String sha256, String reason) {
        this(version, sha256, null, null, null, State.REFUSED, reason);
    }

    private Challenger(String version, String sha256, @Nullable ModelVersion files, @Nullable PairEvaluation earlier,
            @Nullable Evaluation onRecord, State state, String reason) {
        this.version = version;
        this.sha256 = sha256;
        this.files = files;
        this.earlier = earlier;
        this.onRecord = onRecord;
        this.state = state;
        this.reason = reason;
    }

    String version() {
        return version;
    }

    String sha256() {
        return sha256;
    }

    /// An evaluation of this pair that ended in this process and can go on.
    Optional<PairEvaluation> unfinished(Pair pair) {
        return Stream.concat(Stream.ofNullable(earlier), ending.stream()).filter(known -> known.pair().equals(pair))
                .findFirst();
    }

    @Nullable
    ModelVersion files() {
        return files;
    }

    State state() {
        return state;
    }

    String reason() {
        return reason;
    }

    @Nullable
    ShadowLine line() {
        return line;
    }

    /// The line that works for this evaluation; null when another has begun meanwhile.
    @Nullable
    ShadowLine lineOf(PairEvaluation wanted) {
        ShadowLine now = line;
        return wanted.equals(evaluation) ? now : null;
    }

    @Nullable
    ProbeLine probes() {
        return probes;
    }

    @Nullable
    PairEvaluation evaluation() {
        return evaluation;
    }

    /// The evaluation, and before it has begun the one it is to go on with.
    @Nullable
    PairEvaluation latest() {
        PairEvaluation current = evaluation;
        return current == null ? earlier : current;
    }

    /// The latest evaluation, and those before it that are not quite over.
    Set<PairEvaluation> unsettled() {
        // Read first: when another begins meanwhile, it is found among those that end, too.
        PairEvaluation latest = latest();
        Set<PairEvaluation> all = new LinkedHashSet<>(ending);
        if (latest != null) {
            all.add(latest);
        }
        return all;
    }

    /// An evaluation that ended has nothing in flight any more.
    void settled(PairEvaluation over) {
        ending.remove(over);
    }

    /// Takes a verdict on an evaluation, unless another has begun meanwhile. The verdicts' thread.
    void judge(PairEvaluation judged, Verdict newVerdict) {
        if (judged.equals(evaluation)) {
            verdict = newVerdict;
        }
    }

    @Nullable
    Verdict verdict() {
        return verdict;
    }

    boolean is(String otherVersion, String otherSha256) {
        return version.equals(otherVersion) && sha256.equals(otherSha256);
    }

    void enter(State newState, String newReason) {
        reason = newReason;
        state = newState;
    }

    /// Takes what it is to shadow with. It does from [HostedModel#begin] on.
    void shadow(PairEvaluation newEvaluation, ShadowLine newLine, @Nullable ProbeLine newProbes, ShadowCost newCost) {
        PairEvaluation before = latest();
        if (before != null && !before.equals(newEvaluation)) {
            ending.add(before);
            verdict = null;
        }
        ending.remove(newEvaluation);
        // Whoever finds a line finds the evaluation it works for.
        line = null;
        evaluation = newEvaluation;
        line = newLine;
        probes = newProbes;
        cost = newCost;
    }

    /// Ends the line and its probes, if there is one; its evaluation stays readable.
    void end() {
        ShadowLine ending = line;
        if (ending != null) {
            ending.close();
            line = null;
        }
        ProbeLine endingProbes = probes;
        if (endingProbes != null) {
            endingProbes.close();
            probes = null;
        }
    }

    /// Why it is in its state; of one that shadows, why it last failed on a request; else empty.
    String explanation() {
        PairEvaluation current = evaluation;
        String why = reason;
        return why.isEmpty() && current != null && !current.lastFailure().isEmpty()
                ? "last failure: " + current.lastFailure()
                : why;
    }

    /// An account and what came of it.
    private record Account(LedgerCounts ledger, Agreement agreement) {
        static final Account EMPTY = new Account(LedgerCounts.ZERO, Agreement.NONE);

        static Account of(PairEvaluation evaluation) {
            return new Account(evaluation.ledger().counts(), evaluation.agreement());
        }

        static Account of(Evaluation onRecord) {
            return new Account(new Ledger(onRecord.ledger()).counts(), onRecord.agreement());
        }
    }

    /// The account of the evaluation in progress, and before it has begun that of the one it will go on with: whoever adds up
    /// what has been compared must not see it fall to nothing while a version loads.
    private Account account(Optional<Pair> next) {
        PairEvaluation current = evaluation;
        if (current != null) {
            return Account.of(current);
        }
        Optional<Account> ended = next.flatMap(this::unfinished).map(Account::of);
        return ended.or(() -> Optional.ofNullable(onRecord).filter(known -> next.equals(Optional.of(known.pair())))
                .map(Account::of)).orElse(Account.EMPTY);
    }

    /// This challenger at one instant.
    ///
    /// @param listedAs its name, qualified where the repository has other bytes under it now
    /// @param next     key of the evaluation it would begin now, empty without a champion
    /// @param holds    whether the account of its bytes is listed with it, and not with another version of the same bytes
    ModelStatus.Challenger status(String listedAs, Optional<Pair> next, boolean holds, double sampleRate,
            Isolation isolation) {
        PairEvaluation current = evaluation;
        Account account = holds ? account(next) : Account.EMPTY;
        Optional<Pair> key = current == null ? next : Optional.of(current.pair());
        return new ModelStatus.Challenger(listedAs, sha256, state, explanation(), key, sampleRate, account.ledger(),
                account.agreement(), isolation, effort(sampleRate), extraLooks(current),
                Optional.ofNullable(verdict));
    }

    private static ModelStatus.ExtraLooks extraLooks(@Nullable PairEvaluation current) {
        return current == null
                ? ModelStatus.ExtraLooks.NONE
                : new ModelStatus.ExtraLooks(current.probes().counts(), current.reruns().counts());
    }

    private ModelStatus.Effort effort(double sampleRate) {
        ShadowLine now = line;
        ShadowCost sum = cost;
        return sum == null
                ? ModelStatus.Effort.NONE
                : new ModelStatus.Effort(now == null ? 0 : sampleRate * now.rateFactor(),
                        now == null ? 0 : now.runs(), sum.deviceSeconds(), sum.ratio(),
                        now == null ? Optional.empty() : now.deviceTime().memory());
    }
}
