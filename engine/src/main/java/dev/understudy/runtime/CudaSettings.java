package dev.understudy.runtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How models run on a GPU. Immutable.
///
/// @param device         the GPU, as CUDA numbers them
/// @param tf32           whether float matrix products may be taken with TF32's 10 bits of mantissa, as ONNX Runtime does by
///                       default
/// @param preferNhwc     whether convolutions are laid out channels last
/// @param cpuFallback    whether a model may be let in of which some operators run on the processor, since ONNX Runtime's
///                       CUDA provider does not have them
/// @param challengerSms  multiprocessors the challengers get at isolation `partitioned`
/// @param challengerBytesMax memory of the GPU that one challenger's session may take for its tensors
public record CudaSettings(int device, boolean tf32, boolean preferNhwc, boolean cpuFallback, int challengerSms,
        long challengerBytesMax) {
    private static final long GIB = 1L << 30;

    /// ONNX Runtime's own numerics on the first GPU.
    public static final CudaSettings DEFAULT = new CudaSettings(0, true, false, true, 32, 4 * GIB);

    /// The same for another GPU.
    public CudaSettings on(int otherDevice) {
        return new CudaSettings(otherDevice, tf32, preferNhwc, cpuFallback, challengerSms, challengerBytesMax);
    }

    /// What makes the same model give other digits: part of what evidence is about, and the same in both lanes.
    public String numerics() {
        return "tf32=" + bit(tf32) + " nhwc=" + bit(preferNhwc);
    }

    /// The CUDA provider's settings for a session of a stream's own. All of them go in one update: with the stream's address
    /// alone ONNX Runtime drops it without a word and runs on the default stream.
    ///
    /// @param stream   CUDA's handle of it
    /// @param bytesMax of the session's arena; 0 for no limit
    Map<String, String> provider(long stream, long bytesMax) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("device_id", Integer.toString(device));
        settings.put("has_user_compute_stream", "1");
        settings.put("user_compute_stream", Long.toUnsignedString(stream));
        // An exhaustive search tries every algorithm at the first sight of each shape, for seconds, on the whole device.
        settings.put("cudnn_conv_algo_search", "HEURISTIC");
        // Growing by powers of two may take twice what a model needs, from the champion too.
        settings.put("arena_extend_strategy", "kSameAsRequested");
        // Capturing a graph fails what the other lane's threads call meanwhile.
        settings.put("enable_cuda_graph", "0");
        settings.put("use_tf32", bit(tf32));
        settings.put("prefer_nhwc", bit(preferNhwc));
        if (bytesMax > 0) {
            settings.put("gpu_mem_limit", Long.toString(bytesMax));
        }
        return settings;
    }

    /// The words that carry these settings to another process of this program.
    List<String> arguments() {
        return List.of(Integer.toString(device), Boolean.toString(tf32), Boolean.toString(preferNhwc),
                Boolean.toString(cpuFallback), Integer.toString(challengerSms), Long.toString(challengerBytesMax));
    }

    /// The settings behind such words.
    static CudaSettings of(List<String> arguments) {
        return new CudaSettings(Integer.parseInt(arguments.get(0)), Boolean.parseBoolean(arguments.get(1)),
                Boolean.parseBoolean(arguments.get(2)), Boolean.parseBoolean(arguments.get(3)),
                Integer.parseInt(arguments.get(4)), Long.parseLong(arguments.get(5)));
    }

    private static String bit(boolean yes) {
        return yes ? "1" : "0";
    }
}
