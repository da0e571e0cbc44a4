package dev.understudy.model;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Looks through an ONNX file without loading it. Not thread-safe; lives for one [#read].
///
/// The walk visits every message that can hold a tensor and skips the rest, weights included, so that a file of any
/// size costs a few kilobytes of memory. A file that passes is a whole protobuf message with a graph; whether it can
/// run is for probation to find out.
public final class OnnxFile {
    /// Protobuf counts in 32 bits; no ONNX reader takes more.
    static final long FILE_BYTES_MAX = Integer.MAX_VALUE;
    /// Protobuf's own limit on nested messages.
    private static final int DEPTH_MAX = 100;
    private static final int TEXT_BYTES_MAX = 4096;
    private static final byte[] GIT_LFS_POINTER = "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_OPSET_IMPORT = 8;
    private static final int TENSOR_EXTERNAL_DATA = 13;
    private static final int TENSOR_DATA_LOCATION = 14;
    private static final int DATA_LOCATION_EXTERNAL = 1;
    private static final int ENTRY_KEY = 1;
    private static final int ENTRY_VALUE = 2;

    private final CodedInputStream in;
    private final Map<String, ExternalFile> external = new LinkedHashMap<>();
    private boolean graphSeen;
    private boolean opsetSeen;
    private int depth;

    private OnnxFile(CodedInputStream in) {
        this.in = in;
    }

    /// What a look found.
    public sealed interface Reading {
        /// A whole model.
        ///
        /// @param external the files its tensors lie in, by their names relative to the model's folder, normalised,
        ///                 none twice; whether they exist was not looked at
        record Usable(List<ExternalFile> external) implements Reading {
            public Usable {
                external = List.copyOf(external);
            }
        }

        /// Not a model.
        ///
        /// @param reason    one sentence without paths
        /// @param truncated true when more bytes at its end could make it a model
        record Unusable(String reason, boolean truncated) implements Reading {}
    }

    /// A file that holds a model's tensors.
    ///
    /// @param name     relative to the model's folder, `/` between its parts
    /// @param bytesMin the size it must have for every tensor said to lie in it; 0 when the model does not say
    public record ExternalFile(String name, long bytesMin) {}

    /// Walks the file once.
    ///
    /// @throws IOException when the file cannot be read, which says nothing about its bytes
    public static Reading read(Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes > FILE_BYTES_MAX) {
            return new Reading.Unusable("the file is larger than the 2 GiB an ONNX file can have;"
                    + " larger models keep their weights in external data files", false);
        }
        try (InputStream stream = Files.newInputStream(file)) {
            CodedInputStream in = CodedInputStream.newInstance(stream);
            in.pushLimit((int) bytes);
            return new OnnxFile(in).readModel(file);
        }
    }

    private Reading readModel(Path file) throws IOException {
        try {
            walk(OnnxMessage.MODEL);
        } catch (ExternalData.Refusal refusal) {
            return new Reading.Unusable(refusal.reason(), false);
        } catch (InvalidProtocolBufferException malformed) {
            // Every nested length was checked against the file's, so only the outermost message can lack its end.
            if (depth == 1 && in.getBytesUntilLimit() == 0) {
                return truncated();
            }
            return new Reading.Unusable(isGitLfsPointer(file)
                    ? "the file is a Git LFS pointer, not the model it stands for"
                    : "the file is not an ONNX model: its bytes are not a protobuf message", false);
        } catch (EndMissing e) {
            return truncated();
        }
        if (!graphSeen) {
            return new Reading.Unusable("the file is not an ONNX model: it holds no graph", true);
        }
        if (!opsetSeen) {
            return new Reading.Unusable("the file is not a whole ONNX model: it imports no operator set", true);
        }
        return new Reading.Usable(List.copyOf(external.values()));
    }

    private static Reading truncated() {
        return new Reading.Unusable("the file is not a whole ONNX model: it ends inside a field", true);
    }

    private static boolean isGitLfsPointer(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return Arrays.equals(stream.readNBytes(GIT_LFS_POINTER.length), GIT_LFS_POINTER);
        }
    }

    private void walk(OnnxMessage message) throws IOException, ExternalData.Refusal, EndMissing {
        if (++depth > DEPTH_MAX) {
            throw new ExternalData.Refusal("the model nests its graphs deeper than " + DEPTH_MAX + " messages");
        }
        ExternalData data = message == OnnxMessage.TENSOR ? new ExternalData() : null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                enter(message, field, data);
            } else if (data != null && tag == TENSOR_DATA_LOCATION << 3) {
                data.isUsed = in.readEnum() == DATA_LOCATION_EXTERNAL;
            } else if (!in.skipField(tag)) {
                throw new InvalidProtocolBufferException("a group ends that never began");
            }
        }
        if (data != null && data.isUsed) {
            data.addTo(external);
        }
        depth--;
    }

    private void enter(OnnxMessage message, int field, @Nullable ExternalData data)
            throws IOException, ExternalData.Refusal, EndMissing {
        int length = in.readRawVarint32();
        if (length < 0) {
            throw new InvalidProtocolBufferException("negative length");
        }
        if (length > in.getBytesUntilLimit()) {
            if (depth == 1) {
                throw new EndMissing();
            }
            throw new InvalidProtocolBufferException("a field is longer than the message around it");
        }
        if (message == OnnxMessage.MODEL) {
            graphSeen |= field == MODEL_GRAPH;
            opsetSeen |= field == MODEL_OPSET_IMPORT;
        }
        OnnxMessage child = message.child(field);
        if (data != null && field == TENSOR_EXTERNAL_DATA) {
            int outer = in.pushLimit(length);
            readEntry(data);
            in.popLimit(outer);
        } else if (child != null) {
            int outer = in.pushLimit(length);
            walk(child);
            in.popLimit(outer);
        } else {
            in.skipRawBytes(length);
        }
    }

    private void readEntry(ExternalData data) throws IOException, ExternalData.Refusal {
        String key = "";
        String value = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED
                    && (field == ENTRY_KEY || field == ENTRY_VALUE)) {
                if (in.getBytesUntilLimit() > TEXT_BYTES_MAX) {
                    throw new ExternalData.Refusal(
                            "the model describes external data in more than " + TEXT_BYTES_MAX + " bytes");
                }
                String text = in.readStringRequireUtf8();
                key = field == ENTRY_KEY ? text : key;
                value = field == ENTRY_VALUE ? text : value;
            } else if (!in.skipField(tag)) {
                throw new InvalidProtocolBufferException("a group ends that never began");
            }
        }
        data.entry(key, value);
    }

    /// The outermost message announces more bytes than the file has.
    private static final class EndMissing extends Exception {
        private static final long serialVersionUID = 1;

        private EndMissing() {
            super(null, null, false, false);
        }
    }
}
