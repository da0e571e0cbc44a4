package dev.understudy.server.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.server.proto.ModelInferResponse.InferOutputTensor;
import dev.understudy.server.proto.ModelStreamInferResponse;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Encodes answers in the protocol's gRPC form, always raw: that form has every datatype, and Triton's client reads no
/// other. Stateless, thread-safe.
public final class GrpcAnswer {
    private GrpcAnswer() {}

    /// A ModelInferResponse in pieces, one behind the other: the outputs' own bytes, uncopied, and what stands between.
    ///
    /// @param id       the client's id to echo, or null
    /// @param reserved bytes left free at the beginning of the first piece, for whoever frames the message
    public static List<ByteBuffer> encode(InferenceResponse response, @Nullable String id, int reserved) {
        return write(response, id, reserved, false);
    }

    /// The same as [#encode], inside a ModelStreamInferResponse.
    public static List<ByteBuffer> encodeStreamed(InferenceResponse response, @Nullable String id, int reserved) {
        return write(response, id, reserved, true);
    }

    private static List<ByteBuffer> write(InferenceResponse response, @Nullable String id, int reserved,
            boolean streamed) {
        List<Tensor> outputs = response.outputs();
        int[] metadataBytes = new int[outputs.size()];
        int fieldBytes = string(ModelInferResponse.MODEL_NAME_FIELD_NUMBER, response.model())
                + string(ModelInferResponse.MODEL_VERSION_FIELD_NUMBER, response.version())
                + (id == null ? 0 : string(ModelInferResponse.ID_FIELD_NUMBER, id));
        long dataBytes = 0;
        for (int i = 0; i < metadataBytes.length; i++) {
            Tensor output = outputs.get(i);
            metadataBytes[i] = metadataBytes(output);
            fieldBytes += head(ModelInferResponse.OUTPUTS_FIELD_NUMBER, metadataBytes[i]) + metadataBytes[i]
                    + head(ModelInferResponse.RAW_OUTPUT_CONTENTS_FIELD_NUMBER, (int) output.byteSize());
            dataBytes += output.byteSize();
        }
        int messageBytes = Math.toIntExact(fieldBytes + dataBytes);
        int wrapperBytes = streamed ? head(ModelStreamInferResponse.INFER_RESPONSE_FIELD_NUMBER, messageBytes) : 0;
        byte[] fields = new byte[reserved + wrapperBytes + fieldBytes];
        CodedOutputStream out = CodedOutputStream.newInstance(fields, reserved, wrapperBytes + fieldBytes);
        try {
            if (streamed) {
                writeHead(out, ModelStreamInferResponse.INFER_RESPONSE_FIELD_NUMBER, messageBytes);
            }
            out.writeString(ModelInferResponse.MODEL_NAME_FIELD_NUMBER, response.model());
            out.writeString(ModelInferResponse.MODEL_VERSION_FIELD_NUMBER, response.version());
            if (id != null) {
                out.writeString(ModelInferResponse.ID_FIELD_NUMBER, id);
            }
            for (int i = 0; i < metadataBytes.length; i++) {
                writeHead(out, ModelInferResponse.OUTPUTS_FIELD_NUMBER, metadataBytes[i]);
                writeMetadata(out, outputs.get(i));
            }
            return pieces(out, fields, reserved, outputs);
        } catch (IOException impossible) {
            // The array has the size that was computed for it.
            throw new UncheckedIOException(impossible);
        }
    }

    /// Cuts the fields where the outputs' bytes belong.
    private static List<ByteBuffer> pieces(CodedOutputStream out, byte[] fields, int reserved, List<Tensor> outputs)
            throws IOException {
        List<ByteBuffer> pieces = new ArrayList<>(2 * outputs.size() + 1);
        int begin = 0;
        for (Tensor output : outputs) {
            writeHead(out, ModelInferResponse.RAW_OUTPUT_CONTENTS_FIELD_NUMBER, (int) output.byteSize());
            int end = reserved + out.getTotalBytesWritten();
            pieces.add(ByteBuffer.wrap(fields, begin, end - begin));
            pieces.add(output.data().asByteBuffer());
            begin = end;
        }
        if (pieces.isEmpty()) {
            pieces.add(ByteBuffer.wrap(fields));
        }
        return pieces;
    }

    private static int metadataBytes(Tensor output) {
        int shapeBytes = shapeBytes(output.shape());
        return string(InferOutputTensor.NAME_FIELD_NUMBER, output.name())
                + string(InferOutputTensor.DATATYPE_FIELD_NUMBER, output.datatype().name())
                + head(InferOutputTensor.SHAPE_FIELD_NUMBER, shapeBytes) + shapeBytes;
    }

    private static void writeMetadata(CodedOutputStream out, Tensor output) throws IOException {
        Shape shape = output.shape();
        out.writeString(InferOutputTensor.NAME_FIELD_NUMBER, output.name());
        out.writeString(InferOutputTensor.DATATYPE_FIELD_NUMBER, output.datatype().name());
        writeHead(out, InferOutputTensor.SHAPE_FIELD_NUMBER, shapeBytes(shape));
        for (int axis = 0; axis < shape.rank(); axis++) {
            out.writeInt64NoTag(shape.dim(axis));
        }
    }

    private static int shapeBytes(Shape shape) {
        int bytes = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            bytes += CodedOutputStream.computeInt64SizeNoTag(shape.dim(axis));
        }
        return bytes;
    }

    private static int string(int field, String text) {
        return CodedOutputStream.computeStringSize(field, text);
    }

    /// Bytes of the tag and length of a field that has `length` bytes.
    private static int head(int field, int length) {
        return CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(length);
    }

    private static void writeHead(CodedOutputStream out, int field, int length) throws IOException {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(length);
    }
}
