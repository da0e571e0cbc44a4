/// ONNX Runtime: sessions, the threads and staging memory they own. The only package that imports `ai.onnxruntime`.
@NullMarked
package dev.understudy.runtime;

import org.jspecify.annotations.NullMarked;
