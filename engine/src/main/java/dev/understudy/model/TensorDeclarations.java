package dev.understudy.model;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `config.pbtxt` says of a model's tensors. Immutable.
///
/// @param batched  every tensor has a first dimension of rows
/// @param inputs   all inputs; empty where the model is to tell
/// @param outputs  the outputs that are served; empty where the model is to tell
/// @param controls inputs that Triton's sequence batcher would fill in and that clients send here
public record TensorDeclarations(boolean batched, List<Declared> inputs, List<Declared> outputs, Set<String> controls) {
    /// Nothing is said.
    public static final TensorDeclarations NONE = new TensorDeclarations(false, List.of(), List.of(), Set.of());

    /// One tensor.
    ///
    /// @param clientShape as clients see it, rows included
    /// @param modelShape  as the model sees it, rows included; the same where there is no `reshape`
    /// @param format      what the first dimensions of an image are, such as `FORMAT_NCHW`, for clients that ask
    /// @param labels      of an output's elements
    public record Declared(String name, DataType datatype, Shape clientShape, Shape modelShape, String format,
            Labels labels) {}

    public TensorDeclarations {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        controls = Set.copyOf(controls);
    }

    /// What is said of an input, or null.
    public @Nullable Declared input(String name) {
        return find(inputs, name);
    }

    /// What is said of an output, or null.
    public @Nullable Declared output(String name) {
        return find(outputs, name);
    }

    private static @Nullable Declared find(List<Declared> tensors, String name) {
        for (Declared tensor : tensors) {
            if (tensor.name().equals(name)) {
                return tensor;
            }
        }
        return null;
    }
}
