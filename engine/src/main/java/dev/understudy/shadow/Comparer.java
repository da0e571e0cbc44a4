package dev.understudy.shadow;

import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.Difference;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.journal.Capture;
import dev.understudy.journal.Comparison;
import dev.understudy.journal.Journal;
import dev.understudy.shadow.ShadowLine.FinishedRun;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.FailureReason;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Pairs and compares what the challengers' runs gave, and books it: one thread for all challengers, apart from the
/// lines' own threads, which may get no processor. Thread-safe at [#forEvaluation] and [#close].
public final class Comparer implements AutoCloseable {
    static final int CLIENT_ID_CHARS_MAX = 128;

    private final Journal journal;
    private final BlockingQueue<Task> tasks;
    private final Thread thread;

    /// A finished run of one evaluation; without an evaluation it ends the thread.
    private record Task(@Nullable PairEvaluation evaluation, FinishedRun run) {}

    /// Starts the comparer.
    ///
    /// @param runsMax finished runs that may wait; lines that finish more wait with them
    public Comparer(Journal journal, int runsMax) {
        this.journal = journal;
        this.tasks = new ArrayBlockingQueue<>(runsMax);
        this.thread = Thread.ofPlatform().name("understudy-comparer").daemon(true).start(this::live);
    }

    /// Where a line hands over its finished runs. Blocks while the comparer is behind.
    public Consumer<FinishedRun> forEvaluation(PairEvaluation evaluation) {
        return run -> put(new Task(evaluation, run));
    }

    private void put(Task task) {
        boolean interrupted = false;
        while (true) {
            try {
                tasks.put(task);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void live() {
        while (true) {
            try {
                Task task = tasks.take();
                PairEvaluation evaluation = task.evaluation();
                if (evaluation == null) {
                    return;
                }
                for (int i = 0; i < task.run().requests().size(); i++) {
                    Mirrored mirrored = task.run().requests().get(i);
                    book(evaluation, mirrored, task.run().outcomes().get(i));
                    task.run().release().accept(mirrored);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void book(PairEvaluation evaluation, Mirrored mirrored, RunOutcome outcome) {
        switch (outcome) {
            case RunOutcome.Failed failed -> {
                evaluation.noteFailure(failed.message());
                evaluation.ledger().failed(failed.cancelled() ? FailureReason.TIMEOUT : FailureReason.RUN);
            }
            case RunOutcome.Answered answered -> {
                try {
                    if (compare(evaluation, mirrored, answered)) {
                        evaluation.ledger().compared();
                    } else {
                        evaluation.ledger().failed(FailureReason.INCOMPATIBLE);
                    }
                } catch (RuntimeException | Error e) {
                    // One thread compares for all challengers, so no fault of one comparison may end it.
                    evaluation.noteFailure("the comparison failed: " + e);
                    evaluation.ledger().failed(FailureReason.RUN);
                }
            }
        }
    }

    /// False when the champion failed on the request, so that there is nothing the challenger could agree with.
    private boolean compare(PairEvaluation evaluation, Mirrored mirrored, RunOutcome.Answered answered) {
        if (!(mirrored.champion() instanceof InferenceResponse champion)) {
            return false;
        }
        List<Tensor> challengerOutputs = evaluation.pairing().underChampionNames(answered.outputs());
        Difference difference = evaluation.comparators().compare(champion.outputs(), challengerOutputs);
        Timings championTimings = champion.timings();
        InferenceRequest request = mirrored.request();
        Comparison comparison = new Comparison(System.currentTimeMillis(), evaluation.pair(), request.requestId(),
                shortened(request.id()), evaluation.segments().of(request.segment()),
                championTimings.computeInferNanos(), championTimings.batchRows(),
                answered.timings().computeInferNanos(), answered.timings().batchRows(), difference);
        Capture capture = new Capture(comparison, request.inputs(), champion.outputs(), challengerOutputs);
        // What the journal lost must not count either, or the digits would differ after a restart.
        if (journal.append(capture)) {
            evaluation.count(difference.agrees());
        }
        return true;
    }

    /// A client's id as far as it is kept: clients choose its length, and the journal must stay small.
    private static @Nullable String shortened(@Nullable String id) {
        return id == null || id.length() <= CLIENT_ID_CHARS_MAX ? id : id.substring(0, CLIENT_ID_CHARS_MAX) + "...";
    }

    /// Compares what it was given and ends. The lines must have ended before.
    @Override
    public void close() {
        put(new Task(null, new FinishedRun(List.of(), List.of(), none -> {})));
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
