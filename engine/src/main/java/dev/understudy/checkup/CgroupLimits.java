package dev.understudy.checkup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What the control groups (version 2) around this process hold it to. Immutable.
///
/// @param processors  processor time a second, in processors; empty where it is not limited or not told
/// @param memoryBytes empty where it is not limited or not told
public record CgroupLimits(OptionalDouble processors, OptionalLong memoryBytes) {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Path OWN = Path.of("/proc/self/cgroup");
    /// Of a line of `/proc/self/cgroup` for version 2.
    private static final String VERSION_2 = "0::/";

    static CgroupLimits gather() {
        return read(ROOT, OWN);
    }

    /// The tightest limits of the process's group and of all around it.
    ///
    /// @param root where groups are folders
    /// @param own  says which one is the process's
    static CgroupLimits read(Path root, Path own) {
        OptionalDouble processors = OptionalDouble.empty();
        OptionalLong memory = OptionalLong.empty();
        Optional<String> group = lines(own).stream().filter(line -> line.startsWith(VERSION_2))
                .map(line -> line.substring(VERSION_2.length())).findFirst();
        Path folder = root.resolve(group.orElse("")).normalize();
        // A group outside the namespace is shown as `/../x`; then the namespace's own is what can be read.
        folder = folder.startsWith(root) ? folder : root;
        for (; folder != null && folder.startsWith(root); folder = folder.getParent()) {
            processors = min(processors, processors(lines(folder.resolve("cpu.max"))));
            memory = min(memory, number(lines(folder.resolve("memory.max"))));
        }
        return new CgroupLimits(processors, memory);
    }

    /// `QUOTA PERIOD` in microseconds, or `max PERIOD`.
    private static OptionalDouble processors(List<String> lines) {
        String[] words = lines.isEmpty() ? new String[0] : lines.getFirst().split(" ", -1);
        if (words.length != 2 || words[0].equals("max")) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(words[0]) / Double.parseDouble(words[1]));
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    private static OptionalLong number(List<String> lines) {
        try {
            return lines.isEmpty() || lines.getFirst().equals("max")
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(lines.getFirst()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalDouble min(OptionalDouble a, OptionalDouble b) {
        return a.isPresent() && (b.isEmpty() || a.getAsDouble() <= b.getAsDouble()) ? a : b;
    }

    private static OptionalLong min(OptionalLong a, OptionalLong b) {
        return a.isPresent() && (b.isEmpty() || a.getAsLong() <= b.getAsLong()) ? a : b;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
