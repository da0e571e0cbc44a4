package dev.understudy.model;

import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.List;

/// How a champion is served, for clients that ask for its configuration: what is in force, which is not always what a file
/// says. Immutable.
///
/// @param maxBatchSize                rows that may share a run, or that one request may have where none share; 0 where
///                                    the tensors have no dimension of rows
/// @param sharesRuns                  requests may share a run
/// @param preferredBatchSizes         batches of so many rows do not wait for more
/// @param maxQueueDelayMicroseconds   how long a batch waits for company
/// @param maxQueueSize                requests that may wait
/// @param instances                   sessions
/// @param onGpu                       they run on a GPU, else on the processors
/// @param versions                    the policy declared
public record ServedConfig(int maxBatchSize, boolean sharesRuns, List<Integer> preferredBatchSizes,
        long maxQueueDelayMicroseconds, int maxQueueSize, int instances, boolean onGpu, VersionPolicy versions,
        List<ServedTensor> inputs, List<ServedTensor> outputs) {
    /// One tensor.
    ///
    /// @param spec       as clients see it, rows included
    /// @param modelShape as the model sees it, rows included; the same where nothing is reshaped
    /// @param format     what the first dimensions of an image are, such as `FORMAT_NCHW`, else empty
    /// @param labels     of an output's elements
    public record ServedTensor(TensorSpec spec, Shape modelShape, String format, Labels labels) {}

    public ServedConfig {
        preferredBatchSizes = List.copyOf(preferredBatchSizes);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
