package dev.understudy.model;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// Real models made by others, kept beside the repository, and inputs that suit them; tests of them are skipped where they are not.
public final class SharedModels {
    private static final long SEED = 20_261_122;

    /// Sizes of inputs that must agree with each other or with the weights, where one for all does not do.
    private static final Map<String, Map<String, Shape>> SHAPES = Map.of(
            "silero-vad/silero_vad_v5", Map.of("input", Shape.of(1, 512), "state", Shape.of(2, 1, 128)),
            "silero-vad/silero_vad_v6", Map.of("input", Shape.of(1, 512), "state", Shape.of(2, 1, 128)),
            "silero-vad/silero_vad_legacy", Map.of("input", Shape.of(1, 512), "h", Shape.of(2, 1, 64), "c",
                    Shape.of(2, 1, 64)),
            "ppocr/ch_ppocr_mobile_v2.0_cls_infer", Map.of("x", Shape.of(1, 3, 48, 192)));

    private SharedModels() {}

    /// Where they lie. Skips the test where they do not.
    public static Path folder() {
        Path shared = Path.of("../../shared/models");
        Assumptions.assumeTrue(Files.isDirectory(shared), "no ../shared/models beside the repository");
        return shared;
    }

    /// Every model's file, in order.
    public static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.walk(folder())) {
            return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
        }
    }

    /// Inputs made up from a signature, the same for the same number.
    ///
    /// @param name the model's file in [#folder] without its ending, as in `mnist/mnist_cntk`
    public static List<Tensor> inputs(String name, List<TensorSpec> signature, int number) {
        SplittableRandom random = new SplittableRandom(SEED + number);
        List<Tensor> inputs = new ArrayList<>();
        for (TensorSpec spec : signature) {
            long[] dims = spec.shape().toArray();
            for (int axis = 0; axis < dims.length; axis++) {
                dims[axis] = dims[axis] != Shape.VARIABLE ? dims[axis] : axis == 0 ? 1 : 8;
            }
            Shape shape = SHAPES.getOrDefault(name, Map.of()).getOrDefault(spec.name(), Shape.of(dims));
            inputs.add(tensor(spec, shape, random));
        }
        return inputs;
    }

    private static Tensor tensor(TensorSpec spec, Shape shape, SplittableRandom random) {
        int elements = (int) shape.elements();
        if (spec.datatype() == DataType.BYTES) {
            String[] text = new String[elements];
            for (int i = 0; i < elements; i++) {
                text[i] = Integer.toString(random.nextInt(100));
            }
            return Tensor.ofStrings(spec.name(), shape, text);
        }
        int size = spec.datatype().byteSize();
        MemorySegment data = MemorySegment.ofArray(new byte[elements * size]);
        for (int i = 0; i < elements; i++) {
            long bits = switch (spec.datatype()) {
                case FP32 -> Float.floatToRawIntBits((float) random.nextGaussian());
                case FP64 -> Double.doubleToRawLongBits(random.nextGaussian());
                case FP16 -> Float.floatToFloat16((float) random.nextGaussian());
                case BF16 -> Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16;
                // Token ids and masks; the detector's sampling rate is the only other number.
                default -> spec.name().equals("sr") ? 16_000 : random.nextInt(2);
            };
            for (int b = 0; b < size; b++) {
                data.set(ValueLayout.JAVA_BYTE, (long) i * size + b, (byte) (bits >>> (8 * b)));
            }
        }
        return new Tensor(spec.name(), spec.datatype(), shape, data);
    }
}
