package dev.understudy.champion;

import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;

/// The champion's only sight of the shadow side.
@FunctionalInterface
public interface Mirror {
    /// Nobody watches.
    Mirror NONE = (request, outcome) -> {};

    /// Offers a request that the champion has already answered. Called on the champion's instance thread after the answer
    /// is on its way: takes or drops at once, never blocks, never throws, keeps references only.
    ///
    /// @param outcome the answer with every output of the model, also those the client did not ask for, or the failure of
    ///                the champion's run
    void offer(InferenceRequest request, InferenceOutcome outcome);
}
