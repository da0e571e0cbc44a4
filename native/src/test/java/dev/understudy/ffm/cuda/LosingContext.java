package dev.understudy.ffm.cuda;

import dev.understudy.ffm.Answer;

/// A process that loses its context on purpose, which ends everything that uses CUDA in it, and prints what it then sees.
final class LosingContext {
    /// In the first page, which is nobody's.
    private static final long NOWHERE = 8;

    private LosingContext() {}

    public static void main(String[] args) throws Exception {
        CudaDriver driver = ((Answer.Granted<CudaDriver>) CudaDriver.open()).value();
        try (CudaContext context = driver.retainPrimary(0);
                CudaModule module = context.loadModule(CudaGpuTest.kernels());
                CudaStream stream = context.createStream(0);
                CudaStream other = context.createStream(context.priorities().greatest());
                PinnedMemory memory = context.allocatePinned(64)) {
            memory.segment().fill((byte) 0);
            System.out.println("before: " + context.fault());
            module.function("fault").launch(stream, Dim3.of(1), Dim3.of(1), 0, NOWHERE);
            print("work", failure(stream::synchronize));
            print("another stream", failure(other::synchronize));
            print("fault", context.fault().orElseThrow());
        }
        System.out.println("closed");
    }

    private static void print(String what, CudaFailure failure) {
        System.out.println(what + ": " + failure.name() + " " + failure.sticky());
    }

    private interface Work {
        void run() throws CudaFailure;
    }

    private static CudaFailure failure(Work work) {
        try {
            work.run();
        } catch (CudaFailure failure) {
            return failure;
        }
        throw new AssertionError("it did not fail");
    }
}
