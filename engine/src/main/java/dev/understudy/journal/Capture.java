package dev.understudy.journal;

import dev.understudy.tensor.Tensor;
import java.util.List;

/// A comparison with the tensors it was made of.
public record Capture(Comparison comparison, List<Tensor> inputs, List<Tensor> championOutputs,
        List<Tensor> challengerOutputs) {
    public Capture {
        inputs = List.copyOf(inputs);
        championOutputs = List.copyOf(championOutputs);
        challengerOutputs = List.copyOf(challengerOutputs);
    }

    /// Bytes of all its tensors, which is what it takes on disk.
    public long byteSize() {
        long bytes = 0;
        for (List<Tensor> tensors : List.of(inputs, championOutputs, challengerOutputs)) {
            for (Tensor tensor : tensors) {
                bytes += tensor.byteSize();
            }
        }
        return bytes;
    }

    /// The memory that its tensors keep from being freed, at most.
    long heldBytes() {
        return Tensor.heldBytes(inputs) + Tensor.heldBytes(championOutputs) + Tensor.heldBytes(challengerOutputs);
    }
}
