package dev.understudy.shadow;

import dev.understudy.batch.RunOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.journal.Answers;
import dev.understudy.journal.Seen;
import dev.understudy.runtime.Activity;
import dev.understudy.runtime.Lanes;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.Minute;
import dev.understudy.verdict.Observation;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// Pairs and compares what the challengers' runs gave, and books it: one thread for all challengers, apart from the
/// lines' own threads, which may get no processor. Thread-safe at [#forEvaluation] and [#close].
public final class Comparer implements AutoCloseable {
    /// A comparison waits so long for a gap of the champion's. Short, since it takes less itself and must get on.
    private static final long GAP_NANOS = 200_000;

    private final Lanes lanes;
    private final BlockingQueue<Task> tasks;
    private final Thread thread;

    /// A finished run of one evaluation; without an evaluation it ends the thread.
    private record Task(@Nullable PairEvaluation evaluation, FinishedRun run) {}

    /// Starts the comparer.
    ///
    /// @param runsMax finished runs that may wait; lines that finish more wait with them
    /// @param lanes   on whose challengers' side it works
    public Comparer(int runsMax, Lanes lanes) {
        this.lanes = lanes;
        this.tasks = new ArrayBlockingQueue<>(runsMax);
        this.thread = Thread.ofPlatform().name("understudy-comparer").daemon(true).start(this::live);
    }

    /// Where a line hands over its finished runs. Blocks while the comparer is behind.
    public Comparisons forEvaluation(PairEvaluation evaluation) {
        return new Comparisons() {
            @Override
            public void accept(FinishedRun run) {
                put(new Task(evaluation, run));
            }

            @Override
            public void rehearse(InferenceRequest request, RunOutcome.Answered answer) {
                var unused = new ComparisonWarmUp(System::nanoTime).run(evaluation, request, answer);
            }
        };
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
                task.run().looks().forEach(look -> inGap(() -> book(evaluation, look)));
                for (int i = 0; i < task.run().requests().size(); i++) {
                    Mirrored mirrored = task.run().requests().get(i);
                    RunOutcome outcome = task.run().outcomes().get(i);
                    try {
                        inGap(() -> book(evaluation, mirrored, outcome));
                    } finally {
                        task.run().release().accept(mirrored);
                    }
                }
                for (Mirrored mirrored : task.run().refused()) {
                    try {
                        inGap(() -> refuse(evaluation, mirrored));
                    } finally {
                        task.run().release().accept(mirrored);
                    }
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void book(PairEvaluation evaluation, SecondLook look) {
        try {
            look.book(evaluation, minute());
        } catch (RuntimeException | Error e) {
            evaluation.noteFailure("the comparison of a second run failed: " + e);
            evaluation.reruns().failed(FailureReason.RUN);
        }
    }

    /// Paced, it makes way for the champion as the lane does: it waits for a gap, a short while, and counts as being in the way.
    private void inGap(Runnable booking) {
        if (lanes.asked().paces()) {
            lanes.champion().activity().awaitIdle(GAP_NANOS);
        }
        Activity own = lanes.challenger().activity();
        own.began();
        try {
            booking.run();
        } finally {
            own.ended(1);
        }
    }

    /// One thread compares for all challengers, so no fault of one comparison may end it, and each is booked all the same.
    private static void book(PairEvaluation evaluation, Mirrored mirrored, RunOutcome outcome) {
        try {
            switch (outcome) {
                case RunOutcome.Failed failed ->
                    fail(evaluation, mirrored, failed.cancelled() ? FailureReason.TIMEOUT : FailureReason.RUN,
                            failed.message());
                case RunOutcome.Answered answered when mirrored.champion() instanceof InferenceResponse champion ->
                    compare(evaluation, mirrored, champion, answered);
                case RunOutcome.Answered answered -> {
                    // There is nothing the challenger could agree with, but it did answer.
                    evaluation.observe(new Observation.Failed(minute(), segment(evaluation, mirrored), false, null));
                    evaluation.ledger().failed(FailureReason.INCOMPATIBLE);
                }
            }
        } catch (RuntimeException | Error e) {
            bookFault(evaluation, mirrored, "the comparison failed: " + e);
        }
    }

    /// The champion's answer stands against none: whoever cannot take a request cannot take the part.
    private static void refuse(PairEvaluation evaluation, Mirrored mirrored) {
        String message = "it does not take a request that was made of the champion";
        try {
            fail(evaluation, mirrored, FailureReason.INCOMPATIBLE, message);
        } catch (RuntimeException | Error e) {
            evaluation.noteFailure(message);
            evaluation.ledger().failed(FailureReason.INCOMPATIBLE);
        }
    }

    private static void bookFault(PairEvaluation evaluation, Mirrored mirrored, String message) {
        try {
            fail(evaluation, mirrored, FailureReason.RUN, message);
        } catch (RuntimeException | Error e) {
            // What failed before may well fail again, but the account must balance.
            evaluation.noteFailure(message);
            evaluation.ledger().failed(FailureReason.RUN);
        }
    }

    /// The challenger gave no answer. A label that comes later finds it wrong, unless its run was cut short.
    private static void fail(PairEvaluation evaluation, Mirrored mirrored, FailureReason reason, String message) {
        InferenceResponse champion = mirrored.champion() instanceof InferenceResponse answer ? answer : null;
        String segment = segment(evaluation, mirrored);
        Answers answers = champion == null ? null : unanswered(evaluation, mirrored, segment, champion, reason);
        evaluation.journal().append(evaluation.pair(), System.currentTimeMillis(), new Seen(
                List.of(new Observation.Failed(minute(), segment, champion != null, reason)), answers));
        evaluation.noteFailure(message);
        evaluation.ledger().failed(reason);
    }

    private static void compare(PairEvaluation evaluation, Mirrored mirrored, InferenceResponse champion,
            RunOutcome.Answered answered) {
        Compared compared = Compared.of(evaluation, mirrored.request(), champion, answered);
        // What the journal lost must not count either, or the digits would differ after a restart.
        if (evaluation.journal().append(compared.capture(), compared.seen())) {
            evaluation.count(compared.capture().comparison().difference().agrees());
        }
        evaluation.ledger().compared();
    }

    /// What the champion answered where the challenger did not: cut short, it may not be the challenger's doing.
    private static @Nullable Answers unanswered(PairEvaluation evaluation, Mirrored mirrored, @Nullable String segment,
            InferenceResponse champion, FailureReason reason) {
        return reason == FailureReason.TIMEOUT
                ? evaluation.terms().task().flatMap(task -> Answers.ofCutShort(task, mirrored.request().requestId(),
                        segment, champion.outputs())).orElse(null)
                : evaluation.answers(mirrored.request(), segment, champion, List.of());
    }

    private static @Nullable String segment(PairEvaluation evaluation, Mirrored mirrored) {
        return evaluation.segments().of(mirrored.request().segment());
    }

    private static long minute() {
        return Minute.of(System.currentTimeMillis());
    }

    /// Compares what it was given and ends. The lines must have ended before.
    @Override
    public void close() {
        put(new Task(null, new FinishedRun(List.of(), List.of(), List.of(), List.of(), none -> {})));
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
