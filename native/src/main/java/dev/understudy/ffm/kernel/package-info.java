/// Tensor-difference kernels: a scalar oracle and its fast twin on the Vector API.
@NullMarked
package dev.understudy.ffm.kernel;

import org.jspecify.annotations.NullMarked;
