package dev.understudy.model;

import java.util.List;

/// What only `config.pbtxt` can say of a model. Immutable.
///
/// @param maxBatchSize        rows of its batch dimension, 0 where its tensors have none or nothing is said
/// @param preferredBatchSizes batches of so many rows do not wait for more, ascending
/// @param warmup              `model_warmup`
/// @param ignored             what stands in the file and has no effect here, in one sentence, else empty
public record TritonConfig(VersionPolicy versions, int maxBatchSize, TensorDeclarations tensors,
        List<Integer> preferredBatchSizes, List<WarmupSample> warmup, String ignored) {
    /// There is no such file.
    public static final TritonConfig ABSENT = new TritonConfig(new VersionPolicy.Unstated(false), 0,
            TensorDeclarations.NONE, List.of(), List.of(), "");

    public TritonConfig {
        preferredBatchSizes = List.copyOf(preferredBatchSizes);
        warmup = List.copyOf(warmup);
    }
}
