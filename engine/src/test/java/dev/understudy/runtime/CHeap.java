package dev.understudy.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the C library's `malloc` has given out. Thread-safe.
@SuppressWarnings("restricted")
final class CHeap {
    /// The last of each kind in the report is the sum over all its arenas.
    private static final Pattern FREE = Pattern
            .compile("<total type=\"(?:fast|rest)\" count=\"\\d+\" size=\"(\\d+)\"/>");
    private static final Pattern SYSTEM = Pattern.compile("<system type=\"current\" size=\"(\\d+)\"/>");
    private static final Pattern MAPPED = Pattern.compile("<total type=\"mmap\" count=\"\\d+\" size=\"(\\d+)\"/>");
    private static final MethodHandle OPEN_MEMSTREAM = handle("open_memstream",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle MALLOC_INFO = handle("malloc_info",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle FCLOSE = handle("fclose", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle FREE_TEXT = handle("free", FunctionDescriptor.ofVoid(ADDRESS));

    private CHeap() {}

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    static long bytes() {
        String report = report();
        String sums = report.substring(report.lastIndexOf("</heap>"));
        long free = sum(FREE, sums);
        return sum(SYSTEM, sums) + sum(MAPPED, sums) - free;
    }

    private static long sum(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.results().mapToLong(found -> Long.parseLong(found.group(1))).sum();
    }

    private static String report() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(ADDRESS);
            MemorySegment length = arena.allocate(JAVA_LONG);
            MemorySegment stream = (MemorySegment) OPEN_MEMSTREAM.invokeExact(text, length);
            int told = (int) MALLOC_INFO.invokeExact(0, stream) | (int) FCLOSE.invokeExact(stream);
            if (told != 0) {
                throw new IllegalStateException("malloc_info");
            }
            MemorySegment bytes = text.get(ADDRESS, 0).reinterpret(length.get(JAVA_LONG, 0) + 1);
            String report = bytes.getString(0);
            FREE_TEXT.invokeExact(bytes);
            return report;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
