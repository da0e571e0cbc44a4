package dev.understudy.ffm.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A look at the arena that a session takes its tensors from on one device, its weights among them. Not thread-safe; owned by
/// the session's thread, and to be closed before the session.
public final class SessionArena implements AutoCloseable {
    private static final int GENERAL_FAILURE = 1;
    private static final int DEVICE_ALLOCATOR = 0;
    private static final int MEMORY_DEFAULT = 0;
    private static final String TAKEN = "TotalAllocated";
    private static final String PEAK = "MaxInUse";

    private final OrtTable table;
    private final MemorySegment allocator;
    private final MemorySegment takenKey = Arena.ofAuto().allocateFrom(TAKEN);
    private final MemorySegment peakKey = Arena.ofAuto().allocateFrom(PEAK);

    /// What an arena has of its device's memory, in bytes.
    ///
    /// @param taken from the device, whether in use now or not
    /// @param peak  in use at once, at most so far
    public record Use(long taken, long peak) {}

    private SessionArena(OrtTable table, MemorySegment allocator) {
        this.table = table;
        this.allocator = allocator;
    }

    /// Of a session on the processors.
    public static SessionArena ofProcessor(Session session) throws OrtFailure {
        return of(session, session.api.cpuMemory);
    }

    /// Of a session on a GPU.
    ///
    /// @param device as CUDA numbers it
    public static SessionArena ofCuda(Session session, int device) throws OrtFailure {
        OrtTable table = session.api.table;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            table.call(OrtFunction.CREATE_MEMORY_INFO, arena.allocateFrom("Cuda"), DEVICE_ALLOCATOR, device,
                    MEMORY_DEFAULT, out);
            MemorySegment memory = out.get(ADDRESS, 0);
            try {
                return of(session, memory);
            } finally {
                table.release(OrtFunction.RELEASE_MEMORY_INFO, memory);
            }
        }
    }

    private static SessionArena of(Session session, MemorySegment memory) throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            session.api.table.call(OrtFunction.CREATE_ALLOCATOR, session.pointer, memory, out);
            return new SessionArena(session.api.table, out.get(ADDRESS, 0));
        }
    }

    /// What it has now.
    ///
    /// @throws OrtFailure when ONNX Runtime does not tell
    public Use use() throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            table.call(OrtFunction.ALLOCATOR_GET_STATS, allocator, out);
            MemorySegment pairs = out.get(ADDRESS, 0);
            try {
                return new Use(number(pairs, takenKey, TAKEN), number(pairs, peakKey, PEAK));
            } finally {
                table.release(OrtFunction.RELEASE_KEY_VALUE_PAIRS, pairs);
            }
        }
    }

    private long number(MemorySegment pairs, MemorySegment key, String name) throws OrtFailure {
        try {
            return Long.parseLong(TypeReader.text(table.pointer(OrtFunction.GET_KEY_VALUE, pairs, key)));
        } catch (NumberFormatException e) {
            throw new OrtFailure(GENERAL_FAILURE, "its allocator does not tell " + name);
        }
    }

    @Override
    public void close() {
        table.release(OrtFunction.RELEASE_ALLOCATOR, allocator);
    }
}
