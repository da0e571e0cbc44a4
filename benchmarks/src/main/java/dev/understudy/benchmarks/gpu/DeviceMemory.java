package dev.understudy.benchmarks.gpu;

import dev.understudy.benchmarks.ServerProcess;
import java.io.IOException;

/// How much of a device's memory is in use.
interface DeviceMemory extends AutoCloseable {
    /// In bytes: on an accelerator by everybody, on the CPU by this process.
    long usedBytes() throws IOException;

    @Override
    void close() throws IOException;

    /// Of `cpu` or `cuda:N`.
    ///
    /// @throws IOException when there is no such device
    static DeviceMemory of(String device) throws IOException {
        if (!device.equals("cpu")) {
            throw new IOException("there is no device " + device);
        }
        return new DeviceMemory() {
            @Override
            public long usedBytes() throws IOException {
                return ServerProcess.residentBytes(ProcessHandle.current().pid());
            }

            @Override
            public void close() {}
        };
    }
}
