package dev.understudy.tensor;

/// One input or output in a model's signature.
///
/// @param shape dimensions, [Shape#VARIABLE] where the size differs from request to request
public record TensorSpec(String name, DataType datatype, Shape shape) {}
