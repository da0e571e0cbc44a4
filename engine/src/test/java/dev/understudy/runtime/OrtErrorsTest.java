package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// ONNX Runtime's own words, as it has been seen to say them.
class OrtErrorsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Status Message: /onnxruntime_src/onnxruntime/core/reshape_helper.h:55 onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, bool) size was false. | Status Message: size was false.
            /a/b/cuda_call.cc:129 std::conditional_t<THRW, void, Status> onnxruntime::CudaCall(ERRTYPE, const char*) [with ERRTYPE = cudaError; bool THRW = true] CUDA failure 700 | CUDA failure 700
            Error: tensorprotoutils.cc:453 ValidateExternalDataPathFromDir External data path does not exist: "weights.bin" | Error: External data path does not exist: "weights.bin"
            Error: tensorprotoutils.cc:453 Validate It does not exist (again) | Error: It does not exist (again)
            cannot open /opt/some-body/lib/x.so here | cannot open the file here
            a ratio of 1/2, and/or more | a ratio of 1/2, and/or more
            """)
    void positionsInSourcesAndPathsAreTakenOut(String said, String told) {
        assertEquals(told, OrtErrors.clean(said));
    }

    @Test
    void theFileItselfAndItsFolderAreTakenOutHoweverTheyAreNamed() {
        Path file = Path.of("/srv/a folder, with (signs)/model.onnx");
        assertEquals("Load model from the file failed, as did \"side.bin\"", OrtErrors.clean(
                "Load model from " + file + " failed, as did \"" + file.resolveSibling("side.bin") + "\"", file));
    }

    @Test
    void itIsOneLineOfBoundedLength() {
        assertEquals("a b c", OrtErrors.clean(" a\n\tb  c\n"));
        assertEquals("x".repeat(300) + "...", OrtErrors.clean("x".repeat(301)));
    }
}
