package dev.understudy.diff;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tensors and configuration for the tests of this package.
final class TestTensors {
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private TestTensors() {}

    static Tensor floats(float... values) {
        return Tensor.ofFloats("y", Shape.of(values.length), values);
    }

    static Tensor rows(int classes, float... values) {
        return Tensor.ofFloats("y", Shape.of(values.length / classes, classes), values);
    }

    static Tensor doubles(double... values) {
        MemorySegment data = MemorySegment.ofArray(new byte[8 * values.length]);
        MemorySegment.copy(values, 0, data, DOUBLE, 0, values.length);
        return new Tensor("y", DataType.FP64, Shape.of(values.length), data);
    }

    static Tensor raw(DataType datatype, int... bytes) {
        byte[] data = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            data[i] = (byte) bytes[i];
        }
        return new Tensor("y", datatype, Shape.of(data.length / datatype.byteSize()), MemorySegment.ofArray(data));
    }

    static Tensor strings(String... values) {
        return Tensor.ofStrings("y", Shape.of(values.length), values);
    }

    /// The rules of one output `y`, declared on line 7 as a name or as `key, value` pairs.
    static Comparators rule(String... declared) throws InvalidConfigException {
        return Comparators.parse(new ConfigNode.Mapping(Map.of("y", node(declared)), 6));
    }

    private static ConfigNode node(String... declared) {
        if (declared.length == 1) {
            return new ConfigNode.Scalar(declared[0], 7);
        }
        Map<String, ConfigNode> settings = new LinkedHashMap<>();
        for (int i = 0; i < declared.length; i += 2) {
            settings.put(declared[i], new ConfigNode.Scalar(declared[i + 1], 7));
        }
        return new ConfigNode.Mapping(settings, 7);
    }

    static OutputDifference compare(Comparators comparators, Tensor champion, Tensor challenger) {
        return comparators.compare(List.of(champion), List.of(challenger)).outputs().getFirst();
    }

    static OutputDifference.Elementwise elementwise(Comparators comparators, Tensor champion, Tensor challenger) {
        return (OutputDifference.Elementwise) compare(comparators, champion, challenger);
    }
}
