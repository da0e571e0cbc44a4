package dev.understudy.ffm.ort;

/// One input or output of a model. Immutable.
///
/// @param hasDefault an input the model brings a value for, so that it need not be fed
public record ValueInfo(String name, ValueType type, boolean hasDefault) {}
