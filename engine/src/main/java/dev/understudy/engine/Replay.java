package dev.understudy.engine;

import dev.understudy.batch.BatchRunner;
import dev.understudy.batch.RequestCheck;
import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.Comparators;
import dev.understudy.diff.Difference;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.journal.Answers;
import dev.understudy.journal.Capture;
import dev.understudy.journal.Grading;
import dev.understudy.journal.Terms;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.model.WarmupSample;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.Probation;
import dev.understudy.runtime.ProbationOutcome;
import dev.understudy.runtime.Signature;
import dev.understudy.shadow.Pairing;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import dev.understudy.verdict.Circumstances;
import dev.understudy.verdict.Evidence;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.Judge;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Minute;
import dev.understudy.verdict.Observation;
import dev.understudy.verdict.Task;
import dev.understudy.verdict.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Runs a model file over requests that were captured, beside what the champion answered to them then, and judges it as it
/// would be judged while it shadows. Not thread-safe; lives for one [#run] on the calling thread. A file is tried in a child
/// process first, as a challenger of a server is, so that one that crashes ONNX Runtime does so there.
public final class Replay {
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private final Terms terms;
    private final Map<String, List<String>> labels;
    private final Evidence evidence;
    private final List<Differing> differing = new ArrayList<>();
    private final long minute = Minute.of(System.currentTimeMillis());
    private long compared;
    private final Map<FailureReason, Long> failures = new EnumMap<>(FailureReason.class);
    private String lastFailure = "";

    /// A request on which the two differ.
    public record Differing(String requestId, Difference difference) {}

    /// What came of it.
    ///
    /// @param verdict     never to promote: that takes live traffic, which the sheet says as a gate
    /// @param worst       requests that disagree, the worst first
    /// @param ledger      the account of the requests that were replayed
    /// @param lastFailure why a request failed, or empty
    public record Result(Verdict verdict, List<Differing> worst, LedgerCounts ledger, String lastFailure) {
        public Result {
            worst = List.copyOf(worst);
        }
    }

    private Replay(Terms terms, Map<String, List<String>> labels) {
        this.terms = terms;
        this.labels = labels;
        this.evidence = new Evidence(terms.criteria());
    }

    /// Runs `file` over a uniform sample of requests.
    ///
    /// @param captures at least one; a sample, since the worst of another challenger would say nothing about the rest
    /// @param labels   what would have been right, by request id, where that is known
    /// @param progress is told how many were run, after each
    /// @throws ModelLoadException when the file is no model that can be compared with the champion
    public static Result run(Path file, Terms terms, List<Capture> captures, Map<String, List<String>> labels,
            IntConsumer progress) throws ModelLoadException {
        survives(file, captures);
        try (OrtInstance instance = OrtInstance.load(file, THREADS)) {
            Pairing pairing = pair(captures, instance.signature(), terms.outputMapping());
            Replay replay = new Replay(terms, labels);
            BatchRunner runner = new BatchRunner(instance, timings -> {});
            for (int done = 0; done < captures.size(); done++) {
                replay.take(captures.get(done), runner, instance.signature(), pairing);
                progress.accept(done + 1);
            }
            return replay.result();
        }
    }

    /// Loads the file and runs it on a handful of the requests in a process of its own. What it merely fails there it will
    /// fail here too, where that is counted.
    private static void survives(Path file, List<Capture> captures) throws ModelLoadException {
        List<WarmupSample> samples = captures.stream().limit(RecordedRequests.MAX)
                .map(capture -> WarmupSample.recorded(capture.inputs())).toList();
        try (Probation probation = new Probation(Limits.DEFAULT.probationMax(), Optional.empty())) {
            ProbationOutcome outcome = probation.examine(file, false, THREADS, TensorDeclarations.NONE, samples);
            if (outcome instanceof ProbationOutcome.Refused(String reason, Optional<Signature> signature)
                    && signature.isEmpty()) {
                throw new ModelLoadException(reason);
            }
        }
    }

    /// Pairs by the first request that the file takes. That it takes none is said in the words a request would be refused in.
    private static Pairing pair(List<Capture> captures, Signature signature, Map<String, String> outputMapping)
            throws ModelLoadException {
        Capture suiting = captures.stream().filter(capture -> refusal(capture, signature) == null).findFirst()
                .orElseThrow(() -> new ModelLoadException("it takes none of the recorded requests: "
                        + refusal(captures.getFirst(), signature)));
        return switch (Pairing.of(champion(suiting), signature, outputMapping)) {
            case Pairing.Attempt.Unpairable(String reason) -> throw new ModelLoadException(reason);
            case Pairing.Attempt.Paired(Pairing pairing) -> pairing;
        };
    }

    private static @Nullable String refusal(Capture capture, Signature signature) {
        return RequestCheck.refuse(request(capture), signature, false);
    }

    private static InferenceRequest request(Capture capture) {
        return new InferenceRequest(capture.comparison().pair().model(), null, capture.comparison().requestId(), null,
                capture.inputs(), List.of(), capture.comparison().segment(), 0);
    }

    /// What is known of the champion: what it took and gave once.
    private static Signature champion(Capture capture) {
        return new Signature(specs(capture.inputs()), specs(capture.championOutputs()), false);
    }

    private static List<TensorSpec> specs(List<Tensor> tensors) {
        return tensors.stream().map(tensor -> new TensorSpec(tensor.name(), tensor.datatype(), tensor.shape()))
                .toList();
    }

    private void take(Capture capture, BatchRunner runner, Signature signature, Pairing pairing) {
        String id = capture.comparison().requestId();
        String segment = capture.comparison().segment();
        List<Tensor> outputs = List.of();
        if (refusal(capture, signature) != null) {
            fail(FailureReason.INCOMPATIBLE, segment, "it does not take a request that the champion took");
        } else {
            switch (runner.run(List.of(request(capture))).getFirst()) {
                case RunOutcome.Failed failure -> fail(FailureReason.RUN, segment, failure.message());
                case RunOutcome.Answered answered -> {
                    outputs = pairing.underChampionNames(answered.outputs());
                    compare(capture, outputs);
                }
            }
        }
        List<String> truth = labels.get(id);
        if (truth != null && terms.task().isPresent()) {
            Task task = terms.task().get();
            Answers.of(task, id, segment, capture.championOutputs(), outputs)
                    .flatMap(answers -> Grading.grade(task, truth, answers, minute))
                    .ifPresent(grades -> grades.forEach(evidence::take));
        }
    }

    private void compare(Capture capture, List<Tensor> outputs) {
        List<Difference> differences = new ArrayList<>();
        differences.add(terms.comparators().compare(capture.championOutputs(), outputs));
        for (Comparators rule : terms.criteria().rules()) {
            differences.add(rule.compare(capture.championOutputs(), outputs));
        }
        evidence.take(new Observation.Compared(minute, capture.comparison().segment(),
                capture.comparison().championNanos(), differences));
        compared++;
        if (!differences.getFirst().agrees()) {
            differing.add(new Differing(capture.comparison().requestId(), differences.getFirst()));
        }
    }

    private void fail(FailureReason reason, @Nullable String segment, String message) {
        evidence.take(new Observation.Failed(minute, segment, true, reason));
        failures.merge(reason, 1L, Long::sum);
        lastFailure = message;
    }

    private Result result() {
        long failed = failures.values().stream().mapToLong(Long::longValue).sum();
        LedgerCounts ledger = new LedgerCounts(compared + failed, compared + failed, compared, Map.of(), failures, 0);
        Verdict verdict = Judge.judge(evidence, new Circumstances(ledger, minute,
                List.of("it was replayed over " + (compared + failed)
                        + " recorded requests; only live traffic promotes")));
        differing.sort(Comparator.comparingDouble((Differing each) -> each.difference().severity()).reversed());
        return new Result(verdict, differing, ledger, lastFailure);
    }
}
