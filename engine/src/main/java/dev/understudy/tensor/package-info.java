/// Tensors as the Open Inference Protocol has them: datatype, shape, bytes. Imports nothing of Understudy.
@NullMarked
package dev.understudy.tensor;

import org.jspecify.annotations.NullMarked;
