package dev.understudy.benchmarks.gpu;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs the tests of one module that are tagged `gpu`, where there is no Maven. A Markdown file says how they ended, from
/// the first test on, so that an abrupt end shows what it was in. Single writer: the thread that runs the tests.
public final class GpuTests implements TestExecutionListener {
    private final String module;
    private final Path report;
    private final Map<String, Count> classes = new TreeMap<>();
    private final Map<String, Integer> excuses = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();
    private final Set<String> begun = new LinkedHashSet<>();

    /// How the tests of a class ended.
    private record Count(int passed, int failed, int skipped) {
        Count plus(Count other) {
            return new Count(passed + other.passed, failed + other.failed, skipped + other.skipped);
        }
    }

    private GpuTests(String module, Path report) {
        this.module = module;
        this.report = report;
    }

    /// Exits with 1 when a test fails.
    ///
    /// @param args the module, the jar of its tests, which is on the class path, and the Markdown file
    public static void main(String[] args) {
        GpuTests listener = new GpuTests(args[0], Path.of(args[2]));
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClasspathRoots(Set.of(Path.of(args[1]))))
                .filters(TagFilter.includeTags("gpu"), EngineFilter.includeEngines("junit-jupiter")).build();
        LauncherFactory.create().execute(request, listener);
        listener.write();
        System.exit(listener.failures.isEmpty() ? 0 : 1);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        if (test.isTest()) {
            System.out.println("begins: " + name(test));
            begun.add(name(test));
            write();
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        ended(test, new Count(0, 0, 1), reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        String why = result.getThrowable().map(fault -> String.valueOf(fault.getMessage())).orElse("");
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
                if (test.isTest()) {
                    ended(test, new Count(1, 0, 0), "");
                }
            }
            case ABORTED -> ended(test, new Count(0, 0, 1), why);
            case FAILED -> {
                result.getThrowable().ifPresent(Throwable::printStackTrace);
                failures.add(name(test) + ": " + why);
                ended(test, new Count(0, 1, 0), "");
            }
        }
    }

    private void ended(TestIdentifier test, Count count, String excuse) {
        System.out.println(count + " " + name(test) + " " + excuse);
        begun.remove(name(test));
        classes.merge(name(test).replaceFirst("\\..*", ""), count, Count::plus);
        if (!excuse.isEmpty()) {
            excuses.merge(excuse, 1, Integer::sum);
        }
        write();
    }

    /// `Class.method`, and of a test with parameters which.
    private static String name(TestIdentifier test) {
        return test.getUniqueIdObject().getSegments().stream().skip(1)
                .map(segment -> segment.getValue().replaceAll("\\(.*", "").replaceFirst("^.*\\.", ""))
                .collect(Collectors.joining("."));
    }

    private void write() {
        StringBuilder text = new StringBuilder("## Tests that need a GPU, " + module + "\n\n");
        text.append(classes.isEmpty() ? "none ended\n" : "| class | passed | failed | skipped |\n|---|---|---|---|\n");
        classes.forEach((name, count) -> text.append(String.format(Locale.ROOT, "| %s | %d | %d | %d |%n", name,
                count.passed, count.failed, count.skipped)));
        text.append('\n');
        failures.forEach(failure -> text.append("- **failed**: ").append(oneLine(failure)).append('\n'));
        excuses.forEach((excuse, count) -> text.append("- skipped ").append(count).append(": ").append(oneLine(excuse))
                .append('\n'));
        begun.forEach(name -> text.append("- begun and not ended: ").append(name).append('\n'));
        try {
            Files.writeString(report, text.append('\n'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
