package dev.understudy.tensor;

/// One input or output in a model's signature.
///
/// @param shape    dimensions, [Shape#VARIABLE] where the size differs from request to request; [Shape#ANY] where even the
///                 rank does
/// @param optional an input a request may leave out
public record TensorSpec(String name, DataType datatype, Shape shape, boolean optional) {
    /// An output, or an input that every request needs.
    public TensorSpec(String name, DataType datatype, Shape shape) {
        this(name, datatype, shape, false);
    }
}
