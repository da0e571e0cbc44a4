package dev.understudy.ffm.cuda;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.EveryCall.Refusal;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A driver that writes down how it was called, as if just loaded for each test: not a GPU.
abstract class RecordingStage {
    /// Of this class of tests, for what else it compiles.
    static Path folder = Path.of("");
    static RecordingLibrary cuda;

    @BeforeAll
    static void compileTheDriver(@TempDir Path temporary) throws Exception {
        folder = temporary;
        cuda = RecordingLibrary.compile(folder, "recording-cuda.c");
    }

    @BeforeEach
    void forgetAllCalls() {
        cuda.reset();
    }

    static CudaDriver driver() throws Refusal {
        return EveryCall.granted(CudaDriver.open(cuda.file()));
    }

    static CudaContext context() throws Refusal, CudaFailure {
        return context(cuda);
    }

    static CudaContext context(RecordingLibrary library) throws Refusal, CudaFailure {
        return EveryCall.granted(CudaDriver.open(library.file())).retainPrimary(0);
    }

    /// Why there is no driver in this library.
    static String refusal(Path library) {
        return switch (CudaDriver.open(library)) {
            case Answer.Refused<CudaDriver>(String reason) -> reason;
            case Answer.Granted<CudaDriver> granted -> throw new AssertionError(granted);
        };
    }
}
