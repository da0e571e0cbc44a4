package dev.understudy.model;

import java.util.Map;
import java.util.OptionalInt;

/// What `model.yaml` and `config.pbtxt` say about a model, defaults filled in. Keys have Triton's names and meanings.
/// Immutable.
///
/// @param maxBatchSize                `max_batch_size`: rows that may run together; empty when not declared, then
///                                    load-time probation decides whether rows are independent; 1 never batches
/// @param maxQueueDelayMicroseconds   `dynamic_batching.max_queue_delay_microseconds`
/// @param maxQueueSize                `dynamic_batching.default_queue_policy.max_queue_size`: requests waiting for the
///                                    champion before it answers 503
/// @param instanceCount               `instance_group.count`: sessions of the champion
/// @param intraOpThreads              `intra_op_threads`: threads of one session's run; 0 lets the lane choose
/// @param outputMapping               `output_mapping`: champion's output name to challenger's, where they differ
/// @param sections                    `comparators`, `criteria`, `sampling` and `task`, where present, uninterpreted
/// @param triton                      what only `config.pbtxt` can say
public record ModelConfig(OptionalInt maxBatchSize, long maxQueueDelayMicroseconds, int maxQueueSize,
        int instanceCount, int intraOpThreads, Map<String, String> outputMapping, Map<String, ConfigNode> sections,
        TritonConfig triton) {
    /// The configuration of a model without either file.
    public static final ModelConfig DEFAULT = new ModelConfig(OptionalInt.empty(), 0, 1024, 1, 0, Map.of(), Map.of(),
            TritonConfig.ABSENT);

    public ModelConfig {
        outputMapping = Map.copyOf(outputMapping);
        sections = Map.copyOf(sections);
    }
}
