/// ONNX Runtime's C API, as far as Understudy uses it: sessions, tensors and runs as owned resources. Knows nothing of
/// ONNX Runtime's Java API; whoever uses this package has loaded the native library.
@NullMarked
package dev.understudy.ffm.ort;

import org.jspecify.annotations.NullMarked;
