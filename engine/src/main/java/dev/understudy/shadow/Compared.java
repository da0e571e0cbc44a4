package dev.understudy.shadow;

import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.Difference;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.journal.Capture;
import dev.understudy.journal.Comparison;
import dev.understudy.journal.Seen;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Minute;
import dev.understudy.verdict.Observation;
import java.util.List;

/// What comes of comparing one answer of a challenger's with its champion's; nothing of it is booked yet. Immutable.
///
/// @param capture for the record
/// @param seen    for the evidence
record Compared(Capture capture, Seen seen) {
    static Compared of(PairEvaluation evaluation, InferenceRequest request, InferenceResponse champion,
            RunOutcome.Answered answered) {
        List<Tensor> challengerOutputs = evaluation.pairing().underChampionNames(answered.outputs());
        List<Difference> differences = evaluation.differences(champion.outputs(), challengerOutputs);
        Timings championTimings = champion.timings();
        String segment = evaluation.segments().of(request.segment());
        Comparison comparison = new Comparison(System.currentTimeMillis(), evaluation.pair(), request.requestId(),
                request.id(), segment, championTimings.computeInferNanos(), championTimings.batchRows(),
                answered.timings().computeInferNanos(), answered.timings().batchRows(), differences.getFirst());
        long minute = Minute.of(comparison.timeMillis());
        Seen seen = new Seen(
                List.of(new Observation.Compared(minute, segment, comparison.championNanos(), differences),
                        new Observation.DeviceTime(minute, segment, deviceNanos(request, answered.timings()))),
                evaluation.answers(request, segment, champion, challengerOutputs));
        return new Compared(new Capture(comparison, request.inputs(), champion.outputs(), challengerOutputs), seen);
    }

    /// What the request cost the device: its rows' part of the run they shared.
    private static long deviceNanos(InferenceRequest request, Timings timings) {
        return timings.computeInferNanos() * request.rows() / Math.max(1, timings.batchRows());
    }
}
