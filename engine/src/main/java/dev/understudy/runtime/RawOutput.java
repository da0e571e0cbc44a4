package dev.understudy.runtime;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.lang.foreign.MemorySegment;

/// One output of one run, as the session left it.
///
/// @param data in the layout of [dev.understudy.tensor.Tensor]: a heap copy of its own for BYTES; else native memory that
///             the instance's next run overwrites or frees
public record RawOutput(String name, DataType datatype, Shape shape, MemorySegment data) {}
