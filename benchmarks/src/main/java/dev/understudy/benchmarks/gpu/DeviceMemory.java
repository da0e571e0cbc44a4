package dev.understudy.benchmarks.gpu;

import dev.understudy.benchmarks.ServerProcess;
import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaDriver;
import dev.understudy.ffm.cuda.CudaFailure;
import dev.understudy.ffm.cuda.CudaMemory;
import dev.understudy.runtime.DeviceChoice;
import java.io.IOException;

/// How much of a device's memory is in use. Not thread-safe; owned by the thread that opened it.
sealed interface DeviceMemory extends AutoCloseable {
    /// In bytes: on a GPU by everybody, on the CPU by this process.
    long usedBytes() throws IOException;

    @Override
    void close();

    /// Of the processors or a GPU.
    ///
    /// @throws IOException when there is no such device
    static DeviceMemory of(DeviceChoice device) throws IOException {
        return device instanceof DeviceChoice.Cuda(int ordinal) ? OfGpu.open(ordinal) : new OfProcess();
    }

    /// What this process has resident.
    record OfProcess() implements DeviceMemory {
        @Override
        public long usedBytes() throws IOException {
            return ServerProcess.residentBytes(ProcessHandle.current().pid());
        }

        @Override
        public void close() {}
    }

    /// What CUDA's driver says is not free.
    record OfGpu(CudaContext context) implements DeviceMemory {
        static OfGpu open(int ordinal) throws IOException {
            try {
                return switch (CudaDriver.open()) {
                    case Answer.Granted<CudaDriver>(CudaDriver driver) -> new OfGpu(driver.retainPrimary(ordinal));
                    case Answer.Refused<CudaDriver>(String reason) -> throw new IOException(reason);
                };
            } catch (CudaFailure e) {
                throw new IOException("GPU " + ordinal + " cannot be had", e);
            }
        }

        @Override
        public long usedBytes() throws IOException {
            try {
                CudaMemory memory = context.memory();
                return memory.totalBytes() - memory.freeBytes();
            } catch (CudaFailure e) {
                throw new IOException("the GPU does not say how much memory is free", e);
            }
        }

        @Override
        public void close() {
            context.close();
        }
    }
}
