package dev.understudy.server.http;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.ModelMetadata;
import dev.understudy.engine.RepositoryEntry;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.server.codec.JsonBuffer;
import dev.understudy.server.codec.MessageJson;
import dev.understudy.server.codec.ModelConfigMessage;
import dev.understudy.server.plane.ServerIdentity;
import dev.understudy.tensor.TensorSpec;
import java.util.List;

/// The protocol's objects about the server, its models, their statistics and the repository. Stateless, thread-safe.
final class MetadataJson {
    private static final int BYTES_HINT = 512;
    private static final ServingStatistics.Duration NEVER = new ServingStatistics.Duration(0, 0);

    private MetadataJson() {}

    static JsonBuffer server(ServerIdentity identity) {
        JsonBuffer json = new JsonBuffer(BYTES_HINT).raw('{');
        json.field("name").string(identity.name()).field("version").string(identity.version());
        json.field("extensions").raw('[');
        for (String extension : ServerIdentity.EXTENSIONS) {
            json.separator().string(extension);
        }
        return json.raw(']').raw('}');
    }

    static JsonBuffer live() {
        return new JsonBuffer(BYTES_HINT).raw("{\"live\":true}");
    }

    static JsonBuffer ready(boolean ready) {
        JsonBuffer json = new JsonBuffer(BYTES_HINT).raw('{').field("ready").bool(ready);
        return (ready ? json : json.field("error").string("the server is not ready")).raw('}');
    }

    static JsonBuffer modelReady(String model) {
        return new JsonBuffer(BYTES_HINT).raw('{').field("name").string(model).field("ready").bool(true).raw('}');
    }

    static JsonBuffer modelNotReady(String model, InferenceFailure failure) {
        return new JsonBuffer(BYTES_HINT).raw('{').field("name").string(model).field("ready").bool(false).field("error")
                .string(failure.message()).raw('}');
    }

    static JsonBuffer model(ModelMetadata model) {
        JsonBuffer json = new JsonBuffer(BYTES_HINT).raw('{').field("name").string(model.name());
        json.field("versions").raw('[').string(model.version()).raw(']');
        json.field("platform").string(model.platform());
        tensors(json.field("inputs"), model.inputs());
        tensors(json.field("outputs"), model.outputs());
        return json.raw('}');
    }

    static JsonBuffer config(ModelMetadata model) {
        return MessageJson.of(ModelConfigMessage.of(model.name(), model.config()));
    }

    private static void tensors(JsonBuffer json, List<TensorSpec> tensors) {
        json.raw('[');
        for (TensorSpec tensor : tensors) {
            json.separator().raw('{').field("name").string(tensor.name());
            json.field("datatype").string(tensor.datatype().name());
            json.field("shape").raw(tensor.shape().toString()).raw('}');
        }
        json.raw(']');
    }

    static JsonBuffer index(List<RepositoryEntry> entries) {
        JsonBuffer json = new JsonBuffer(BYTES_HINT).raw('[');
        for (RepositoryEntry entry : entries) {
            json.separator().raw('{').field("name").string(entry.name()).field("version").string(entry.version());
            json.field("state").string(entry.state().name()).field("reason").string(entry.reason()).raw('}');
        }
        return json.raw(']');
    }

    static JsonBuffer statistics(List<ServingStatistics> models) {
        JsonBuffer json = new JsonBuffer(BYTES_HINT).raw('{').field("model_stats").raw('[');
        for (ServingStatistics model : models) {
            json.separator().raw('{').field("name").string(model.model()).field("version").string(model.version());
            json.field("last_inference").number(model.lastInferenceMillis());
            json.field("inference_count").number(model.inferenceCount());
            json.field("execution_count").number(model.executionCount());
            json.field("inference_stats").raw('{');
            duration(json, "success", model.success());
            duration(json, "fail", model.fail());
            duration(json, "queue", model.queue());
            duration(json, "compute_input", model.computeInput());
            duration(json, "compute_infer", model.computeInfer());
            duration(json, "compute_output", model.computeOutput());
            // There is no cache of answers.
            duration(json, "cache_hit", NEVER);
            duration(json, "cache_miss", NEVER);
            json.raw('}').field("batch_stats").raw('[');
            for (ServingStatistics.Batches batches : model.batches()) {
                json.separator().raw('{').field("batch_size").number(batches.batchSize());
                duration(json, "compute_input", batches.computeInput());
                duration(json, "compute_infer", batches.computeInfer());
                duration(json, "compute_output", batches.computeOutput());
                json.raw('}');
            }
            json.raw(']').raw('}');
        }
        return json.raw(']').raw('}');
    }

    private static void duration(JsonBuffer json, String name, ServingStatistics.Duration duration) {
        json.field(name).raw('{').field("count").number(duration.count()).field("ns").number(duration.nanos())
                .raw('}');
    }
}
