package dev.understudy.server.codec;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;

/// What became of an answer's tensors: bytes to send, or why the form asked for cannot hold them.
public sealed interface Encoding {
    /// The answer's body: what remains of `json`, a view of a heap array, then the data of each binary tensor, uncopied.
    ///
    /// @param binaries the outputs that follow the JSON, in its order
    /// @param binary   true when the JSON announces binary data, be they empty
    record Encoded(ByteBuffer json, List<Tensor> binaries, boolean binary) implements Encoding {}

    /// The client asked for JSON that these values have no form in.
    record Refused(InferenceFailure failure) implements Encoding {}
}
