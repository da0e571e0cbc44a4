package dev.understudy.runtime;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.lang.foreign.MemorySegment;

/// One output of one run, as the session left it.
///
/// @param data    in the layout of [dev.understudy.tensor.Tensor]
/// @param onHeap  `data` is a heap copy of its own and may be kept; else it is staging memory, overwritten by the next run
public record RawOutput(String name, DataType datatype, Shape shape, MemorySegment data, boolean onHeap) {}
