package dev.understudy.model;

import dev.understudy.model.triton.TritonProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads `config.pbtxt`, Triton's configuration of a model, in protobuf's text format. What has no effect here is
/// named, what the schema does not know or Triton itself would refuse is refused with its line and column.
final class TritonConfigFile {
    static final String NAME = "config.pbtxt";

    private static final Set<String> PLATFORMS = Set.of("", "onnxruntime_onnx", "onnx_onnxv1", "onnxruntime");
    /// Fields that are read. Any other that is set is named in [TritonConfig#ignored].
    private static final Set<String> HONOURED = Set.of("ModelConfig.name", "ModelConfig.platform",
            "ModelConfig.backend", "ModelConfig.default_model_filename", "ModelConfig.version_policy",
            "ModelVersionPolicy.latest", "ModelVersionPolicy.Latest.num_versions", "ModelVersionPolicy.all",
            "ModelVersionPolicy.specific", "ModelVersionPolicy.Specific.versions", "ModelConfig.max_batch_size",
            "ModelConfig.input", "ModelInput.name", "ModelInput.data_type", "ModelInput.format", "ModelInput.dims",
            "ModelInput.reshape", "ModelTensorReshape.shape", "ModelConfig.output", "ModelOutput.name",
            "ModelOutput.data_type", "ModelOutput.label_filename", "ModelOutput.dims", "ModelOutput.reshape",
            "ModelConfig.dynamic_batching",
            "ModelDynamicBatching.preferred_batch_size", "ModelDynamicBatching.max_queue_delay_microseconds",
            "ModelDynamicBatching.default_queue_policy", "ModelQueuePolicy.max_queue_size",
            "ModelConfig.instance_group", "ModelInstanceGroup.count", "ModelConfig.model_warmup", "ModelWarmup.name",
            "ModelWarmup.batch_size", "ModelWarmup.inputs", "ModelWarmup.count");
    private static final String KIND = "ModelInstanceGroup.kind";
    private static final String ONE_DEVICE = "; all models run on the server's --device";

    private TritonConfigFile() {}

    /// Reads and checks the file of a model's folder.
    ///
    /// @throws InvalidConfigException when the text cannot be used
    /// @throws IOException            when the file cannot be read
    static ModelConfig read(Path folder, String model) throws IOException, InvalidConfigException {
        return parse(ConfigText.read(folder.resolve(NAME)), folder, model);
    }

    /// Checks a configuration's text.
    ///
    /// @param folder the model's, for the data of warm-up samples, and labels
    static ModelConfig parse(String text, Path folder, String model) throws IOException, InvalidConfigException {
        PbtxtMessage root = PbtxtMessage.parse(text);
        TritonProto.ModelConfig config = (TritonProto.ModelConfig) root.message();
        checkIdentity(root, config, model);
        int rowsMax = config.getMaxBatchSize();
        if (rowsMax < 0 || rowsMax > ModelConfigFile.BATCH_ROWS_MAX) {
            throw root.refusal("max_batch_size",
                    "is " + rowsMax + "; write a whole number from 0 to " + ModelConfigFile.BATCH_ROWS_MAX);
        }
        TensorDeclarations tensors = PbtxtTensors.read(root, folder);
        ModelConfig defaults = ModelConfig.DEFAULT;
        int queueSize = config.getDynamicBatching().getDefaultQueuePolicy().getMaxQueueSize();
        if (queueSize < 0 || queueSize > ModelConfigFile.QUEUE_SIZE_MAX) {
            throw root.child("dynamic_batching", 0).child("default_queue_policy", 0).refusal("max_queue_size",
                    "is " + Integer.toUnsignedString(queueSize) + "; write at most " + ModelConfigFile.QUEUE_SIZE_MAX);
        }
        TritonConfig triton = new TritonConfig(versions(root, config), rowsMax, tensors,
                preferredBatchSizes(root, config), PbtxtWarmup.read(root, tensors, folder), ignored(root, config));
        return new ModelConfig(rows(config), queueDelay(root, config),
                queueSize == 0 ? defaults.maxQueueSize() : queueSize, instances(root, config),
                defaults.intraOpThreads(), defaults.outputMapping(), defaults.sections(), triton);
    }

    private static void checkIdentity(PbtxtMessage root, TritonProto.ModelConfig config, String model)
            throws InvalidConfigException {
        if (!config.getName().isEmpty() && !config.getName().equals(model)) {
            throw root.refusal("name", "is '" + ModelRepository.printable(config.getName())
                    + "', but the folder is '" + model + "'; a model has the name of its folder");
        }
        for (Map.Entry<String, String> named : Map.of("platform", config.getPlatform(), "backend",
                config.getBackend()).entrySet()) {
            if (!PLATFORMS.contains(named.getValue())) {
                throw root.refusal(named.getKey(), "is '" + ModelRepository.printable(named.getValue())
                        + "'; this server runs ONNX models: platform 'onnxruntime_onnx' or backend 'onnxruntime'");
            }
        }
        String file = config.getDefaultModelFilename();
        if (!file.isEmpty() && !file.equals(ContentHash.ONNX_NAME)) {
            throw root.refusal("default_model_filename", "is '" + ModelRepository.printable(file)
                    + "'; here the file in a version's folder must be called " + ContentHash.ONNX_NAME);
        }
    }

    /// Triton lets requests share a run where `dynamic_batching` says so, and takes a model of which it says nothing,
    /// tensors included, to be batched if it can be.
    private static OptionalInt rows(TritonProto.ModelConfig config) {
        if (config.getMaxBatchSize() > 0) {
            return OptionalInt.of(config.hasDynamicBatching() ? config.getMaxBatchSize() : 1);
        }
        boolean silent = !config.hasMaxBatchSize() && config.getInputCount() == 0 && config.getOutputCount() == 0;
        return silent ? OptionalInt.empty() : OptionalInt.of(1);
    }

    private static long queueDelay(PbtxtMessage root, TritonProto.ModelConfig config) throws InvalidConfigException {
        long micros = config.getDynamicBatching().getMaxQueueDelayMicroseconds();
        if (micros < 0 || micros > ModelConfigFile.QUEUE_DELAY_MICROSECONDS_MAX) {
            throw root.child("dynamic_batching", 0).refusal("max_queue_delay_microseconds", "is "
                    + Long.toUnsignedString(micros) + "; write at most "
                    + ModelConfigFile.QUEUE_DELAY_MICROSECONDS_MAX);
        }
        return micros;
    }

    private static List<Integer> preferredBatchSizes(PbtxtMessage root, TritonProto.ModelConfig config)
            throws InvalidConfigException {
        List<Integer> sizes = config.getDynamicBatching().getPreferredBatchSizeList().stream().sorted().toList();
        for (int size : sizes) {
            if (size < 1 || (config.hasMaxBatchSize() && size > config.getMaxBatchSize())) {
                throw root.child("dynamic_batching", 0).refusal("preferred_batch_size",
                        "lists " + size + "; sizes are whole numbers from 1 to max_batch_size");
            }
        }
        return sizes;
    }

    /// The sessions of all groups together.
    private static int instances(PbtxtMessage root, TritonProto.ModelConfig config) throws InvalidConfigException {
        long instances = 0;
        for (PbtxtMessage group : root.children("instance_group")) {
            int count = ((TritonProto.ModelInstanceGroup) group.message()).getCount();
            instances += Math.max(1, count);
            if (count < 0 || instances > ModelConfigFile.INSTANCES_MAX) {
                throw group.refusal("count", "is " + count + "; write a whole number from 1 to "
                        + ModelConfigFile.INSTANCES_MAX + ", and no more in all groups together");
            }
        }
        return config.getInstanceGroupCount() == 0 ? ModelConfig.DEFAULT.instanceCount() : (int) instances;
    }

    private static VersionPolicy versions(PbtxtMessage root, TritonProto.ModelConfig config)
            throws InvalidConfigException {
        TritonProto.ModelVersionPolicy policy = config.getVersionPolicy();
        return switch (policy.getPolicyChoiceCase()) {
            case LATEST -> new VersionPolicy.Latest(
                    Math.clamp(Integer.toUnsignedLong(policy.getLatest().getNumVersions()), 1, 1 << 20));
            case ALL -> new VersionPolicy.All();
            case SPECIFIC -> {
                if (policy.getSpecific().getVersionsCount() == 0) {
                    throw root.child("version_policy", 0).refusal("specific", "lists no versions; name at least one");
                }
                yield new VersionPolicy.Specific(new HashSet<>(policy.getSpecific().getVersionsList()));
            }
            case POLICYCHOICE_NOT_SET -> new VersionPolicy.Unstated(true);
        };
    }

    private static String ignored(PbtxtMessage root, TritonProto.ModelConfig config) {
        boolean onProcessors = config.getInstanceGroupList().stream()
                .noneMatch(group -> group.getKindValue() == TritonProto.ModelInstanceGroup.Kind.KIND_GPU_VALUE
                        || group.getKindValue() == TritonProto.ModelInstanceGroup.Kind.KIND_MODEL_VALUE);
        Set<String> honoured = new HashSet<>(HONOURED);
        if (onProcessors) {
            honoured.add(KIND);
        }
        Map<String, Integer> lines = root.unhonoured(honoured);
        return lines.isEmpty()
                ? ""
                : "without effect here: " + lines.entrySet().stream()
                        .map(field -> field.getKey() + " (line " + field.getValue()
                                + (field.getKey().equals("instance_group.kind") ? ONE_DEVICE : "") + ")")
                        .collect(Collectors.joining(", "));
    }
}
