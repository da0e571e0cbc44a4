package dev.understudy.ffm.ort;

import java.util.List;
import java.util.Optional;

/// The type of a model's input or output as the model declares it. Immutable.
public sealed interface ValueType {
    /// A tensor.
    ///
    /// @param dimensions outermost first, none for a scalar; empty where the model leaves the rank open
    record Tensor(ElementType elements, Optional<List<Dimension>> dimensions) implements ValueType {
        public Tensor {
            dimensions = dimensions.map(List::copyOf);
        }
    }

    /// Something that may be there or not.
    record Maybe(ValueType contained) implements ValueType {}

    /// Anything else.
    ///
    /// @param name what it is, in words: `sequence`
    record Other(String name) implements ValueType {}

    /// One dimension of a tensor.
    ///
    /// @param size   -1 where it varies
    /// @param symbol the model's name for it where it varies, else empty
    record Dimension(long size, String symbol) {}
}
