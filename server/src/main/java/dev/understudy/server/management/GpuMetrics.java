package dev.understudy.server.management;

import dev.understudy.ffm.cuda.GpuReading;

/// The GPU under the names and in the units of Triton's metrics, so that its dashboards fit. What the GPU does not tell is
/// left out.
final class GpuMetrics {
    private GpuMetrics() {}

    static void write(Exposition page, GpuReading gpu) {
        String labels = Exposition.labels("gpu_uuid", gpu.uuid());
        number(page, labels, "nv_gpu_utilization", "gauge",
                "Share of the last sampling period in which a kernel ran, 0 to 1",
                gpu.utilization());
        bytes(page, labels, "nv_gpu_memory_total_bytes", "Memory of the GPU", gpu.memoryTotalBytes());
        bytes(page, labels, "nv_gpu_memory_used_bytes", "Memory of the GPU that is in use, whoever uses it",
                gpu.memoryUsedBytes());
        number(page, labels, "nv_gpu_power_usage", "gauge", "Power that the GPU takes, watts", gpu.powerWatts());
        number(page, labels, "nv_gpu_power_limit", "gauge", "Power that the GPU is held to, watts",
                gpu.powerLimitWatts());
        number(page, labels, "nv_energy_consumption", "counter",
                "Energy that the GPU took since its driver was loaded, joules",
                gpu.energyJoules());
    }

    private static void number(Exposition page, String labels, String name, String type, String help, double value) {
        if (!Double.isNaN(value)) {
            page.family(name, type, help).sample(labels, value);
        }
    }

    private static void bytes(Exposition page, String labels, String name, String help, long value) {
        if (value >= 0) {
            page.family(name, "gauge", help).sample(labels, value);
        }
    }
}
