/// ONNX Runtime: sessions, the threads and staging memory they own. The only package that imports `ai.onnxruntime`, to
/// unpack and load the native library; models are run by `ffm.ort`.
@NullMarked
package dev.understudy.runtime;

import org.jspecify.annotations.NullMarked;
