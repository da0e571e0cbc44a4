package dev.understudy.shadow;

import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.Difference;
import dev.understudy.diff.NoiseMeter;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.Observation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A second run of a request that the challenger was asked anyway. Immutable. It is booked in [PairEvaluation#reruns] and
/// nowhere else.
sealed interface SecondLook {
    /// What the two runs tell; null when they tell nothing, because the second was cut short or there is no answer to compare
    /// with. A challenger's run that was cut short does tell something: it stands against passing.
    ///
    /// @param segment under which the request is recorded, null for none
    @Nullable
    Observation observation(PairEvaluation evaluation, long minute, @Nullable String segment);

    Mirrored mirrored();

    /// Adds to what is known of the champion's noise, if it tells something of it.
    default void measure(NoiseMeter noise) {}

    /// The champion was run again, on the batch of the challenger's run.
    ///
    /// @param challenger the challenger's run
    /// @param again      the champion's second
    record OfChampion(Mirrored mirrored, InferenceResponse first, RunOutcome challenger,
            RunOutcome again) implements SecondLook {
        @Override
        public @Nullable Observation observation(PairEvaluation evaluation, long minute, @Nullable String segment) {
            if (cutShort(again)) {
                return null;
            }
            List<Difference> ofChallenger = challenger instanceof RunOutcome.Answered answered
                    ? evaluation.differences(first.outputs(),
                            evaluation.pairing().underChampionNames(answered.outputs()))
                    : List.of();
            List<Difference> ofChampion = again instanceof RunOutcome.Answered answered
                    ? evaluation.differences(first.outputs(), answered.outputs())
                    : List.of();
            if (cutShort(challenger)) {
                return new Observation.RerunCutShort(minute, segment, ofChampion, nanos(again));
            }
            return new Observation.Rerun(minute, segment, ofChallenger, ofChampion, nanos(challenger),
                    comparable() ? nanos(again) : -1);
        }

        @Override
        public void measure(NoiseMeter noise) {
            if (again instanceof RunOutcome.Answered answered) {
                noise.take(first.outputs(), answered.outputs());
            }
        }

        /// Whether the two took their times in the same batch shape.
        private boolean comparable() {
            return !(challenger instanceof RunOutcome.Answered one && again instanceof RunOutcome.Answered other)
                    || one.timings().batchRows() == other.timings().batchRows();
        }
    }

    /// The challenger was run again, alone.
    ///
    /// @param first its run among others
    /// @param again its second
    record OfChallenger(Mirrored mirrored, RunOutcome first, RunOutcome again) implements SecondLook {
        @Override
        public @Nullable Observation observation(PairEvaluation evaluation, long minute, @Nullable String segment) {
            if (!(first instanceof RunOutcome.Answered one) || !(again instanceof RunOutcome.Answered other)) {
                return null;
            }
            return new Observation.Repeated(minute, segment,
                    evaluation.differences(evaluation.pairing().underChampionNames(one.outputs()),
                            evaluation.pairing().underChampionNames(other.outputs())));
        }
    }

    /// Books it, and gives what it tells to the evidence. The comparer's thread.
    default void book(PairEvaluation evaluation, long minute) {
        measure(evaluation.noise());
        Observation seen = observation(evaluation, minute,
                evaluation.segments().of(mirrored().request().segment()));
        if (seen != null) {
            evaluation.observe(seen);
        }
        if (seen == null || seen instanceof Observation.RerunCutShort) {
            evaluation.reruns().failed(FailureReason.TIMEOUT);
        } else {
            evaluation.reruns().compared();
        }
    }

    private static boolean cutShort(RunOutcome outcome) {
        return outcome instanceof RunOutcome.Failed failed && failed.cancelled();
    }

    private static long nanos(RunOutcome outcome) {
        return outcome instanceof RunOutcome.Answered answered ? answered.timings().computeInferNanos() : -1;
    }
}
