package dev.understudy.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateTest {
    /// The processors on which the committed files were made.
    private static final String COMMITTED_ON = "amd64";

    @Test
    void regeneratingGivesTheCommittedBytes(@TempDir Path folder) throws IOException {
        Generate.main(new String[]{folder.toString()});
        SortedSet<String> regenerated = files(folder, ".");
        SortedSet<String> committed = new TreeSet<>();
        for (String part : List.of("repository", "challengers", "requests")) {
            committed.addAll(files(Committed.ROOT, part));
        }
        committed.remove("repository/digits/model.yaml");
        assertEquals(committed, regenerated);

        List<String> different = new ArrayList<>();
        for (String file : regenerated) {
            byte[] bytes = Files.readAllBytes(folder.resolve(file));
            if (System.getProperty("os.arch").equals(COMMITTED_ON)) {
                assertArrayEquals(Committed.bytes(file), bytes, file);
            } else if (!Arrays.equals(Committed.bytes(file), bytes)) {
                assertClose(file, Committed.bytes(file), bytes);
                different.add(file);
            }
        }
        Assumptions.assumeTrue(different.isEmpty(),
                () -> "close to the committed files, but not equal on this type of processor: " + different);
    }

    @Test
    void aWeightThatDiffersByMoreThanRoundingIsNotClose() throws InvalidProtocolBufferException {
        byte[] champion = Committed.bytes(Generate.CHAMPION);
        assertClose(Generate.CHAMPION, champion, withFirstWeightRaisedBy(1e-6f));
        assertThrows(AssertionError.class,
                () -> assertClose(Generate.CHAMPION, champion, withFirstWeightRaisedBy(1e-2f)));
    }

    @Test
    void everythingCommittedTogetherIsSmall() {
        long bytes = Generate.files(Digits.load()).values().stream().mapToLong(file -> file.length).sum();
        assertTrue(bytes < 1 << 20, () -> bytes + " bytes");
    }

    /// Equal graphs whose weights differ by no more than the rounding of another processor's exponential can cause.
    private static void assertClose(String file, byte[] expected, byte[] actual)
            throws InvalidProtocolBufferException {
        assertEquals(expected.length, actual.length, file);
        if (file.endsWith("truncated.onnx")) {
            return; // half of the champion, which is compared as a whole
        }
        ModelProto first = ModelProto.parseFrom(expected);
        ModelProto second = ModelProto.parseFrom(actual);
        assertEquals(withoutWeights(first), withoutWeights(second), file);
        for (int i = 0; i < first.getGraph().getInitializerCount(); i++) {
            TensorProto tensor = first.getGraph().getInitializer(i);
            boolean half = tensor.getDataType() == TensorProto.DataType.FLOAT16.getNumber();
            assertArrayEquals(values(tensor), values(second.getGraph().getInitializer(i)), half ? 1e-2f : 1e-4f, file);
        }
    }

    private static ModelProto withoutWeights(ModelProto model) {
        ModelProto.Builder copy = model.toBuilder();
        copy.getGraphBuilder().getInitializerBuilderList().forEach(TensorProto.Builder::clearRawData);
        return copy.build();
    }

    private static float[] values(TensorProto tensor) {
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        boolean half = tensor.getDataType() == TensorProto.DataType.FLOAT16.getNumber();
        float[] values = new float[raw.remaining() / (half ? Short.BYTES : Float.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = half ? Float.float16ToFloat(raw.getShort()) : raw.getFloat();
        }
        return values;
    }

    private static byte[] withFirstWeightRaisedBy(float amount) throws InvalidProtocolBufferException {
        ModelProto.Builder model = ModelProto.parseFrom(Committed.bytes(Generate.CHAMPION)).toBuilder();
        TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
        byte[] raw = weights.getRawData().toByteArray();
        ByteBuffer buffer = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putFloat(0, buffer.getFloat(0) + amount);
        weights.setRawData(ByteString.copyFrom(raw));
        return model.build().toByteArray();
    }

    private static SortedSet<String> files(Path root, String folder) throws IOException {
        try (Stream<Path> paths = Files.walk(root.resolve(folder).normalize())) {
            return new TreeSet<>(paths.filter(Files::isRegularFile)
                    .map(path -> root.normalize().relativize(path).toString().replace('\\', '/'))
                    .toList());
        }
    }
}
