package dev.understudy.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.MessageLite;
import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.ModelLookup;
import dev.understudy.engine.ModelMetadata;
import dev.understudy.engine.RepositoryEntry;
import dev.understudy.server.codec.ModelConfigMessage;
import dev.understudy.server.plane.InferenceEndpoint;
import dev.understudy.server.plane.ServerIdentity;
import dev.understudy.server.proto.ModelConfigRequest;
import dev.understudy.server.proto.ModelConfigResponse;
import dev.understudy.server.proto.ModelMetadataRequest;
import dev.understudy.server.proto.ModelMetadataResponse;
import dev.understudy.server.proto.ModelMetadataResponse.TensorMetadata;
import dev.understudy.server.proto.ModelReadyRequest;
import dev.understudy.server.proto.ModelReadyResponse;
import dev.understudy.server.proto.ModelStatisticsRequest;
import dev.understudy.server.proto.RepositoryIndexRequest;
import dev.understudy.server.proto.RepositoryIndexResponse;
import dev.understudy.server.proto.ServerLiveResponse;
import dev.understudy.server.proto.ServerMetadataResponse;
import dev.understudy.server.proto.ServerReadyResponse;
import dev.understudy.tensor.TensorSpec;
import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the inference service answers at once: questions about the server, its models and the repository. Thread-safe.
final class Queries {
    private final InferenceEndpoint endpoint;
    private final ServerIdentity identity;

    /// Answers one kind of question.
    interface Query {
        /// The answer's message.
        ///
        /// @throws IOException when the question is malformed
        MessageLite answer(CodedInputStream question) throws IOException, GrpcRefusal;
    }

    Queries(InferenceEndpoint endpoint, ServerIdentity identity) {
        this.endpoint = endpoint;
        this.identity = identity;
    }

    /// The questions by their methods' names.
    Map<String, Query> byMethod() {
        return Map.of("ServerLive", this::serverLive, "ServerReady", this::serverReady, "ModelReady",
                this::modelReady, "ServerMetadata", this::serverMetadata, "ModelMetadata", this::modelMetadata,
                "ModelConfig", this::modelConfig, "ModelStatistics", this::modelStatistics, "RepositoryIndex",
                this::repositoryIndex, "RepositoryModelLoad", Queries::loadOrUnload, "RepositoryModelUnload",
                Queries::loadOrUnload);
    }

    private MessageLite serverLive(CodedInputStream question) throws IOException {
        question.skipMessage();
        return ServerLiveResponse.newBuilder().setLive(true).build();
    }

    private MessageLite serverReady(CodedInputStream question) throws IOException {
        question.skipMessage();
        return ServerReadyResponse.newBuilder().setReady(endpoint.ready()).build();
    }

    private MessageLite modelReady(CodedInputStream question) throws IOException {
        ModelReadyRequest request = ModelReadyRequest.parseFrom(question);
        boolean ready = lookup(request.getName(), request.getVersion()) instanceof ModelLookup.Serving;
        return ModelReadyResponse.newBuilder().setReady(ready).build();
    }

    private MessageLite serverMetadata(CodedInputStream question) throws IOException {
        question.skipMessage();
        return ServerMetadataResponse.newBuilder().setName(identity.name()).setVersion(identity.version())
                .addAllExtensions(ServerIdentity.EXTENSIONS).build();
    }

    private MessageLite modelMetadata(CodedInputStream question) throws IOException, GrpcRefusal {
        ModelMetadataRequest request = ModelMetadataRequest.parseFrom(question);
        ModelMetadata model = require(request.getName(), request.getVersion());
        ModelMetadataResponse.Builder response = ModelMetadataResponse.newBuilder().setName(model.name())
                .addVersions(model.version()).setPlatform(model.platform());
        model.inputs().forEach(input -> response.addInputs(metadata(input)));
        model.outputs().forEach(output -> response.addOutputs(metadata(output)));
        return response.build();
    }

    private static TensorMetadata metadata(TensorSpec tensor) {
        return TensorMetadata.newBuilder().setName(tensor.name()).setDatatype(tensor.datatype().name())
                .addAllShape(LongStream.of(tensor.shape().toArray()).boxed().toList()).build();
    }

    private MessageLite modelConfig(CodedInputStream question) throws IOException, GrpcRefusal {
        ModelConfigRequest request = ModelConfigRequest.parseFrom(question);
        ModelMetadata model = require(request.getName(), request.getVersion());
        return ModelConfigResponse.newBuilder().setConfig(ModelConfigMessage.of(model.name(), model.config())).build();
    }

    private MessageLite modelStatistics(CodedInputStream question) throws IOException, GrpcRefusal {
        ModelStatisticsRequest request = ModelStatisticsRequest.parseFrom(question);
        List<ServingStatistics> statistics = endpoint.statistics();
        if (!request.getName().isEmpty()) {
            ModelMetadata model = require(request.getName(), request.getVersion());
            statistics = statistics.stream()
                    .filter(one -> one.model().equals(model.name()) && one.version().equals(model.version())).toList();
        }
        return StatisticsMessage.of(statistics);
    }

    private MessageLite repositoryIndex(CodedInputStream question) throws IOException {
        boolean readyOnly = RepositoryIndexRequest.parseFrom(question).getReady();
        RepositoryIndexResponse.Builder response = RepositoryIndexResponse.newBuilder();
        for (RepositoryEntry entry : endpoint.repositoryIndex()) {
            if (!readyOnly || entry.state() == RepositoryEntry.State.READY) {
                response.addModelsBuilder().setName(entry.name()).setVersion(entry.version())
                        .setState(entry.state().name()).setReason(entry.reason());
            }
        }
        return response.build();
    }

    /// Triton's status where it, too, watches its repository.
    private static MessageLite loadOrUnload(CodedInputStream question) throws GrpcRefusal {
        throw new GrpcRefusal(Status.UNAVAILABLE, ServerIdentity.LOADS_NOT_BY_REQUEST);
    }

    private ModelLookup lookup(String model, String version) {
        @Nullable
        String given = version.isEmpty() ? null : version;
        return endpoint.lookup(model, given);
    }

    private ModelMetadata require(String model, String version) throws GrpcRefusal {
        return switch (lookup(model, version)) {
            case ModelLookup.Serving(var metadata) -> metadata;
            case ModelLookup.Refused(var failure) ->
                throw new GrpcRefusal(Status.of(failure.kind()), failure.message());
        };
    }
}
