package dev.understudy.server.management;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.server.management.Exposition.Family;
import java.util.List;
import java.util.function.ToLongFunction;

/// What the champions do, under the names and with the meanings of Triton's metrics, so that its dashboards fit.
final class ServingMetrics {
    private static final long NANOS_PER_MICRO = 1000;

    private ServingMetrics() {}

    static void write(Exposition page, List<ServingStatistics> champions) {
        counter(page, champions, "nv_inference_request_success", "Requests answered", each -> each.success().count());
        counter(page, champions, "nv_inference_request_failure", "Requests that failed or were turned away",
                each -> each.fail().count());
        counter(page, champions, "nv_inference_count", "Rows inferred, each row of a batch counted",
                ServingStatistics::inferenceCount);
        counter(page, champions, "nv_inference_exec_count", "Runs of the model", ServingStatistics::executionCount);
        micros(page, champions, "nv_inference_request_duration_us", "Time from arrival to answer",
                ServingStatistics::success);
        micros(page, champions, "nv_inference_queue_duration_us", "Time waiting for an instance",
                ServingStatistics::queue);
        micros(page, champions, "nv_inference_compute_input_duration_us", "Time gathering inputs",
                ServingStatistics::computeInput);
        micros(page, champions, "nv_inference_compute_infer_duration_us", "Time running the model",
                ServingStatistics::computeInfer);
        micros(page, champions, "nv_inference_compute_output_duration_us", "Time scattering outputs",
                ServingStatistics::computeOutput);
        samples(page.family("nv_inference_pending_request_count", "gauge", "Requests admitted and not yet answered"),
                champions, ServingStatistics::pending);
    }

    private static void counter(Exposition page, List<ServingStatistics> champions, String name, String help,
            ToLongFunction<ServingStatistics> value) {
        samples(page.family(name, "counter", help), champions, value);
    }

    private interface Time {
        ServingStatistics.Duration of(ServingStatistics statistics);
    }

    private static void micros(Exposition page, List<ServingStatistics> champions, String name, String help,
            Time time) {
        samples(page.family(name, "counter", help + ", microseconds over all answered requests"), champions,
                each -> time.of(each).nanos() / NANOS_PER_MICRO);
    }

    private static void samples(Family family, List<ServingStatistics> champions,
            ToLongFunction<ServingStatistics> value) {
        for (ServingStatistics each : champions) {
            family.sample(Exposition.labels("model", each.model(), "version", each.version()),
                    value.applyAsLong(each));
        }
    }
}
