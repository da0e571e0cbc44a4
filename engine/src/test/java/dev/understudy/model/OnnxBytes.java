package dev.understudy.model;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes ONNX messages field by field, so that tests can make any shape of file, also ones no exporter makes.
final class OnnxBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    static OnnxBytes message() {
        return new OnnxBytes();
    }

    /// A whole model around a graph.
    static byte[] model(OnnxBytes graph) {
        return message().number(1, 8).bytes(7, graph).bytes(8, message().number(2, 12)).toBytes();
    }

    /// A whole model whose only content is a name, so that another name makes another model.
    static byte[] named(String name) {
        return model(message().text(2, name));
    }

    /// A whole model with so many bytes of weights.
    static byte[] weighing(int weightBytes, int fill) {
        byte[] weights = new byte[weightBytes];
        Arrays.fill(weights, (byte) fill);
        return model(message().bytes(5, message().number(2, 1).bytes(9, weights)));
    }

    /// A whole model with one tensor in another file.
    static byte[] withExternal(String location) {
        return model(message().bytes(5, external(location)));
    }

    static OnnxBytes external(String location) {
        return message().bytes(13, entry("location", location)).number(14, 1);
    }

    static OnnxBytes entry(String key, String value) {
        return message().text(1, key).text(2, value);
    }

    OnnxBytes number(int field, long value) {
        return write(() -> out.writeInt64(field, value));
    }

    OnnxBytes text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    OnnxBytes bytes(int field, byte[] value) {
        return write(() -> out.writeByteArray(field, value));
    }

    OnnxBytes bytes(int field, OnnxBytes value) {
        return bytes(field, value.toBytes());
    }

    byte[] toBytes() {
        write(out::flush);
        return bytes.toByteArray();
    }

    private interface Write {
        void run() throws IOException;
    }

    private OnnxBytes write(Write write) {
        try {
            write.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
