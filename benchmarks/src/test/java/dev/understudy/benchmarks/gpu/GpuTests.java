package dev.understudy.benchmarks.gpu;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs the tests of one module that are tagged `gpu`, where there is no Maven, and adds a row for each to a Markdown
/// table as soon as it has ended, so that an abrupt end loses none.
public final class GpuTests implements TestExecutionListener {
    private static final String HEAD = "## Tests that need a GPU\n\n| module | test | result | s | why |\n|---|---|---|---|---|\n";

    private final String module;
    private final Path report;
    private final ConcurrentHashMap<TestIdentifier, Long> began = new ConcurrentHashMap<>();
    private final AtomicInteger rows = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    private GpuTests(String module, Path report) {
        this.module = module;
        this.report = report;
    }

    /// Exits with 1 when a test fails.
    ///
    /// @param args the module, the jar of its tests, which is on the class path, and the Markdown file
    public static void main(String[] args) throws IOException {
        Path report = Path.of(args[2]);
        if (!Files.exists(report)) {
            Files.writeString(report, HEAD);
        }
        GpuTests listener = new GpuTests(args[0], report);
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClasspathRoots(Set.of(Path.of(args[1]))))
                .filters(TagFilter.includeTags("gpu"), EngineFilter.includeEngines("junit-jupiter")).build();
        LauncherFactory.create().execute(request, listener);
        if (listener.rows.get() == 0) {
            listener.row("none", "there are none", 0, "");
        }
        System.exit(listener.failures.get() == 0 ? 0 : 1);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        began.put(test, System.nanoTime());
        if (test.isTest()) {
            System.out.println("begins: " + name(test));
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        row(name(test), "skipped", 0, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (!test.isTest() && result.getStatus() == Status.SUCCESSFUL) {
            return;
        }
        double seconds = (System.nanoTime() - began.getOrDefault(test, System.nanoTime()))
                / (double) TimeUnit.SECONDS.toNanos(1);
        String why = result.getThrowable().map(GpuTests::why).orElse("");
        switch (result.getStatus()) {
            case SUCCESSFUL -> row(name(test), "passed", seconds, "");
            case ABORTED -> row(name(test), "skipped", seconds, why);
            case FAILED -> {
                failures.incrementAndGet();
                result.getThrowable().ifPresent(Throwable::printStackTrace);
                row(name(test), "**failed**", seconds, why);
            }
        }
    }

    private static String why(Throwable fault) {
        return String.valueOf(fault.getMessage());
    }

    private static String name(TestIdentifier test) {
        String unique = test.getUniqueIdObject().getSegments().stream().skip(1)
                .map(segment -> segment.getValue().replaceFirst("^.*\\.", ""))
                .reduce((left, right) -> left + "." + right)
                .orElse(test.getDisplayName());
        return unique.replace("()", "");
    }

    private synchronized void row(String test, String result, double seconds, String why) {
        rows.incrementAndGet();
        System.out.println(result + ": " + test + " " + why);
        try {
            Files.writeString(report, String.format(Locale.ROOT, "| %s | %s | %s | %.1f | %s |%n", module, test, result,
                    seconds, why.strip().replace('|', '/').replaceAll("\\s+", " ")), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
