package dev.understudy.runtime;

import dev.understudy.ffm.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds out which threads are started while something is loaded. ONNX Runtime does not say which its own are; they inherit
/// the name of the one that starts them. Immutable.
public final class ThreadCensus implements Lane.Census {
    private static final Path TASKS = Path.of("/proc/self/task");

    private final List<String> names;
    private final Set<Integer> before;

    private ThreadCensus(List<String> names, Set<Integer> before) {
        this.names = List.copyOf(names);
        this.before = Set.copyOf(before);
    }

    /// @param names what the kernel calls the threads that count, their own names or the beginning of them
    static ThreadCensus begin(List<String> names) {
        return new ThreadCensus(names, threads());
    }

    /// The processor time of those started since.
    @Override
    public ProcessorTime end() {
        return new ProcessorTime(threads().stream().filter(id -> !before.contains(id) && counts(id))
                .mapToInt(Integer::intValue).toArray());
    }

    private boolean counts(int id) {
        return TaskState.read(id).filter(task -> names.stream().anyMatch(task.name()::startsWith)).isPresent();
    }

    /// The kernel's ids of this process's threads; none where there is no `/proc`.
    private static Set<Integer> threads() {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.map(task -> Integer.valueOf(task.getFileName().toString())).collect(Collectors.toSet());
        } catch (IOException e) {
            return Set.of();
        }
    }
}
