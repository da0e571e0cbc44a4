package dev.understudy.server.grpc;

import static dev.understudy.server.grpc.GrpcFixture.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import dev.understudy.model.triton.TritonProto.DataType;
import dev.understudy.model.triton.TritonProto.ModelConfig;
import dev.understudy.server.proto.ModelConfigRequest;
import dev.understudy.server.proto.ModelConfigResponse;
import dev.understudy.server.proto.ModelMetadataRequest;
import dev.understudy.server.proto.ModelMetadataResponse;
import dev.understudy.server.proto.ModelReadyRequest;
import dev.understudy.server.proto.ModelReadyResponse;
import dev.understudy.server.proto.ModelStatistics;
import dev.understudy.server.proto.ModelStatisticsRequest;
import dev.understudy.server.proto.ModelStatisticsResponse;
import dev.understudy.server.proto.RepositoryIndexRequest;
import dev.understudy.server.proto.RepositoryIndexResponse;
import dev.understudy.server.proto.RepositoryModelLoadRequest;
import dev.understudy.server.proto.RepositoryModelLoadResponse;
import dev.understudy.server.proto.RepositoryModelUnloadRequest;
import dev.understudy.server.proto.RepositoryModelUnloadResponse;
import dev.understudy.server.proto.ServerLiveRequest;
import dev.understudy.server.proto.ServerLiveResponse;
import dev.understudy.server.proto.ServerMetadataRequest;
import dev.understudy.server.proto.ServerMetadataResponse;
import dev.understudy.server.proto.ServerReadyRequest;
import dev.understudy.server.proto.ServerReadyResponse;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueriesGrpcTest extends GrpcStage {
    private <R extends Message> R ask(String method, Message question, R answer) {
        return server.client.call(method, question, answer);
    }

    @Test
    void liveAndReadySayWhatTheyAreAsked() {
        assertTrue(ask("ServerLive", ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.getDefaultInstance())
                .getLive());
        assertTrue(serverReady());
        server.models.ready = false;
        assertFalse(serverReady());
        assertTrue(ask("ServerLive", ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.getDefaultInstance())
                .getLive());
    }

    private boolean serverReady() {
        return ask("ServerReady", ServerReadyRequest.getDefaultInstance(), ServerReadyResponse.getDefaultInstance())
                .getReady();
    }

    private boolean modelReady(String name, String version) {
        return ask("ModelReady", ModelReadyRequest.newBuilder().setName(name).setVersion(version).build(),
                ModelReadyResponse.getDefaultInstance()).getReady();
    }

    @Test
    void aModelIsReadyInTheVersionItIsServedIn() {
        assertTrue(modelReady("add_one", ""));
        assertTrue(modelReady("add_one", "3"));
        assertFalse(modelReady("add_one", "4"));
        assertFalse(modelReady("nobody", ""));
        assertFalse(modelReady("", ""));
    }

    @Test
    void metadataAreThoseOfTheRestForm() {
        ServerMetadataResponse about = ask("ServerMetadata", ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance());
        assertEquals("understudy", about.getName());
        assertFalse(about.getVersion().isEmpty());
        assertTrue(about.getExtensionsList().containsAll(List.of("binary_tensor_data", "statistics")));
        ModelMetadataResponse model = ask("ModelMetadata", ModelMetadataRequest.newBuilder().setName("add_one").build(),
                ModelMetadataResponse.getDefaultInstance());
        assertEquals("add_one [3] onnx_onnxv1",
                model.getName() + " " + model.getVersionsList() + " " + model.getPlatform());
        assertEquals("x FP32 [-1, 2]", model.getInputs(0).getName() + " " + model.getInputs(0).getDatatype() + " "
                + model.getInputs(0).getShapeList());
        assertEquals("y", model.getOutputs(0).getName());
    }

    @Test
    void questionsAboutUnknownModelsAreNotFound() {
        refusal(Code.NOT_FOUND, () -> ask("ModelMetadata", ModelMetadataRequest.newBuilder().setName("nobody").build(),
                ModelMetadataResponse.getDefaultInstance()));
        refusal(Code.NOT_FOUND,
                () -> ask("ModelConfig", ModelConfigRequest.newBuilder().setName("add_one").setVersion("9").build(),
                        ModelConfigResponse.getDefaultInstance()));
        refusal(Code.NOT_FOUND,
                () -> ask("ModelStatistics", ModelStatisticsRequest.newBuilder().setName("nobody").build(),
                        ModelStatisticsResponse.getDefaultInstance()));
    }

    @Test
    void theConfigurationHasTritonsNamesAndTypes() {
        ModelConfig config = ask("ModelConfig", ModelConfigRequest.newBuilder().setName("add_one").build(),
                ModelConfigResponse.getDefaultInstance()).getConfig();
        assertEquals("add_one onnxruntime_onnx onnxruntime",
                config.getName() + " " + config.getPlatform() + " " + config.getBackend());
        assertEquals(DataType.TYPE_FP32, config.getInput(0).getDataType());
        assertEquals(List.of(2L), config.getInput(0).getDimsList());
        assertEquals("y", config.getOutput(0).getName());
        assertEquals(8, config.getMaxBatchSize());
    }

    @Test
    void statisticsAreThoseOfOneModelOrOfAll() {
        ModelStatistics one = ask("ModelStatistics", ModelStatisticsRequest.newBuilder().setName("add_one").build(),
                ModelStatisticsResponse.getDefaultInstance()).getModelStats(0);
        assertEquals("add_one 3 99 5 2", one.getName() + " " + one.getVersion() + " " + one.getLastInference() + " "
                + one.getInferenceCount() + " " + one.getExecutionCount());
        assertEquals(30, one.getInferenceStats().getComputeInfer().getNs());
        assertTrue(one.getInferenceStats().hasCacheHit() && one.getInferenceStats().hasCacheMiss(), "as over REST");
        assertEquals(0, one.getInferenceStats().getCacheHit().getCount());
        assertEquals(4, one.getBatchStats(0).getBatchSize());
        assertEquals(1, ask("ModelStatistics", ModelStatisticsRequest.getDefaultInstance(),
                ModelStatisticsResponse.getDefaultInstance()).getModelStatsCount());
    }

    @Test
    void theIndexNamesAllModelsOrThoseThatAreReady() {
        RepositoryIndexResponse all = ask("RepositoryIndex", RepositoryIndexRequest.getDefaultInstance(),
                RepositoryIndexResponse.getDefaultInstance());
        assertEquals(2, all.getModelsCount());
        assertEquals("bad 1 UNAVAILABLE it \"broke\"", all.getModels(1).getName() + " " + all.getModels(1).getVersion()
                + " " + all.getModels(1).getState() + " " + all.getModels(1).getReason());
        RepositoryIndexResponse ready = ask("RepositoryIndex", RepositoryIndexRequest.newBuilder().setReady(true)
                .build(), RepositoryIndexResponse.getDefaultInstance());
        assertEquals(List.of(all.getModels(0)), ready.getModelsList());
    }

    @Test
    void loadingAndUnloadingByCallAreRefusedAsTritonRefusesThem() {
        String load = refusal(Code.UNAVAILABLE,
                () -> ask("RepositoryModelLoad", RepositoryModelLoadRequest.newBuilder().setModelName("m").build(),
                        RepositoryModelLoadResponse.getDefaultInstance()));
        assertTrue(load.startsWith("explicit model load / unload is not allowed"), load);
        assertEquals(load, refusal(Code.UNAVAILABLE,
                () -> ask("RepositoryModelUnload", RepositoryModelUnloadRequest.getDefaultInstance(),
                        RepositoryModelUnloadResponse.getDefaultInstance())));
    }

    @Test
    void questionsMayBeCompressedButNotLargeAndNotMalformed() throws Exception {
        assertTrue(server.client.call("ServerLive", ServerLiveRequest.getDefaultInstance(),
                ServerLiveResponse.getDefaultInstance(), CallOptions.DEFAULT.withCompression("gzip"), new Metadata())
                .getLive());
        refusal(Code.RESOURCE_EXHAUSTED,
                () -> ask("ModelReady", ModelReadyRequest.newBuilder().setName("n".repeat(70_000)).build(),
                        ModelReadyResponse.getDefaultInstance()));
        for (String method : List.of("ServerLive", "ModelReady", "ModelConfig")) {
            var answer = server.exchange(server.begin("/" + Services.INFERENCE + "/" + method),
                    GrpcFixture.frame(new byte[]{10, 5, 1}));
            assertEquals("3", answer.trailers().get("grpc-status"), answer.trailers().toString());
        }
    }
}
