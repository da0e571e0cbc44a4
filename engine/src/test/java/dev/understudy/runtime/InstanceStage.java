package dev.understudy.runtime;

import dev.understudy.models.Digit;
import dev.understudy.models.Digits;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/// Instances of models that tests write, and tensors to give them.
abstract class InstanceStage {
    static final long SEED = 20_261_122;
    static final Path MODELS = Path.of("..", "models");
    static final Path CHAMPION = MODELS.resolve("repository/digits/1.onnx");
    static final ValueLayout.OfFloat LITTLE_FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    final Path folder;

    InstanceStage(Path folder) {
        this.folder = folder;
    }

    /// How the instances of these tests are loaded.
    OrtInstance open(Path file, int intraOpThreads) throws ModelLoadException {
        return OrtInstance.load(file, intraOpThreads);
    }

    OrtInstance load(TestGraph graph) throws IOException, ModelLoadException {
        return open(graph.write(folder.resolve("test.onnx")), 1);
    }

    static void floats(MemorySegment memory, float... values) {
        MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_FLOAT, 0, values.length);
    }

    /// Real digits, one a row.
    static Tensor image(int rows) {
        List<Digit> digits = Digits.load().heldOut();
        float[] pixels = new float[rows * Digits.PIXELS];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(digits.get(row % digits.size()).pixels(), 0, pixels, row * Digits.PIXELS, Digits.PIXELS);
        }
        return Tensor.ofFloats("image", Shape.of(rows, Digits.PIXELS), pixels);
    }

    static Tensor random(DataType datatype, Shape shape) {
        SplittableRandom random = new SplittableRandom(SEED);
        int elements = (int) shape.elements();
        if (datatype == DataType.BYTES) {
            String[] text = new String[elements];
            for (int i = 0; i < elements; i++) {
                text[i] = Long.toString(random.nextLong(), 36);
            }
            return Tensor.ofStrings("in", shape, text);
        }
        byte[] data = new byte[elements * datatype.byteSize()];
        random.nextBytes(data);
        for (int i = 0; i < data.length && datatype == DataType.BOOL; i++) {
            data[i] &= 1;
        }
        return new Tensor("in", datatype, shape, MemorySegment.ofArray(data));
    }

    static List<String> bytes(List<Tensor> tensors) {
        List<String> texts = new ArrayList<>();
        for (Tensor tensor : tensors) {
            texts.add(tensor + HexFormat.of().formatHex(tensor.data().toArray(ValueLayout.JAVA_BYTE)));
        }
        return texts;
    }
}
