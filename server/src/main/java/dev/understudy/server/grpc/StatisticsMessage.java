package dev.understudy.server.grpc;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.champion.ServingStatistics.Duration;
import dev.understudy.server.proto.InferBatchStatistics;
import dev.understudy.server.proto.InferStatistics;
import dev.understudy.server.proto.ModelStatistics;
import dev.understudy.server.proto.ModelStatisticsResponse;
import dev.understudy.server.proto.StatisticDuration;
import java.util.List;

/// Serving statistics as the protocol's message. Stateless, thread-safe.
final class StatisticsMessage {
    /// There is no cache of answers.
    private static final StatisticDuration NEVER = StatisticDuration.getDefaultInstance();

    private StatisticsMessage() {}

    static ModelStatisticsResponse of(List<ServingStatistics> models) {
        ModelStatisticsResponse.Builder response = ModelStatisticsResponse.newBuilder();
        for (ServingStatistics model : models) {
            ModelStatistics.Builder statistics = ModelStatistics.newBuilder().setName(model.model())
                    .setVersion(model.version()).setLastInference(model.lastInferenceMillis())
                    .setInferenceCount(model.inferenceCount()).setExecutionCount(model.executionCount())
                    .setInferenceStats(InferStatistics.newBuilder().setSuccess(duration(model.success()))
                            .setFail(duration(model.fail())).setQueue(duration(model.queue()))
                            .setComputeInput(duration(model.computeInput()))
                            .setComputeInfer(duration(model.computeInfer()))
                            .setComputeOutput(duration(model.computeOutput())).setCacheHit(NEVER)
                            .setCacheMiss(NEVER));
            for (ServingStatistics.Batches batches : model.batches()) {
                statistics.addBatchStats(InferBatchStatistics.newBuilder().setBatchSize(batches.batchSize())
                        .setComputeInput(duration(batches.computeInput()))
                        .setComputeInfer(duration(batches.computeInfer()))
                        .setComputeOutput(duration(batches.computeOutput())));
            }
            response.addModelStats(statistics);
        }
        return response.build();
    }

    private static StatisticDuration duration(Duration duration) {
        return StatisticDuration.newBuilder().setCount(duration.count()).setNs(duration.nanos()).build();
    }
}
