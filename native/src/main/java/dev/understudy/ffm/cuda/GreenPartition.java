package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.understudy.ffm.Answer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A device's multiprocessors, split in two: a green context for challengers, whose kernels run on its half only, and the
/// rest, which no challenger ever holds. The champion stays on its streams of the primary context and may use both. Owned
/// by whoever split it; thread-safe, but for [#close], which comes after its streams are closed.
///
/// Both halves come from one split, since independent ones may overlap. It divides multiprocessors alone: not the memory's
/// bandwidth, the cache, the copy engines or the power.
public final class GreenPartition implements AutoCloseable {
    /// `CUdevResource`: its type first, what it says of multiprocessors, beginning with their number, from byte 96. The size
    /// is part of the driver's binary interface.
    private static final long RESOURCE_BYTES = 144;
    private static final long RESOURCE_MULTIPROCESSORS = 96;
    /// `CU_DEV_RESOURCE_TYPE_SM`.
    private static final int MULTIPROCESSORS = 1;
    /// `CU_GREEN_CTX_DEFAULT_STREAM`, without which none is made.
    private static final int DEFAULT_STREAM = 1;

    private final CudaContext context;
    private final Owned owned;
    private final int challengerMultiprocessors;
    private final int championMultiprocessors;

    private GreenPartition(CudaContext context, Owned owned, int challengerMultiprocessors,
            int championMultiprocessors) {
        this.context = context;
        this.owned = owned;
        this.challengerMultiprocessors = challengerMultiprocessors;
        this.championMultiprocessors = championMultiprocessors;
    }

    static Answer<GreenPartition> split(CudaContext context, int asked) {
        Optional<CudaFunction> missing = context.table.missing(CudaFunction.GREEN_CONTEXTS);
        if (missing.isPresent()) {
            return new Answer.Refused<>("green contexts need a driver for CUDA "
                    + CudaDriver.versionText(CudaFunction.GREEN_CONTEXTS) + " or later; this one is for CUDA "
                    + CudaDriver.versionText(context.driver().version()) + " and lacks " + missing.get().symbol);
        }
        int all = context.device().multiprocessors();
        if (asked < 1 || asked >= all) {
            return new Answer.Refused<>(
                    asked + " of the device's " + all + " multiprocessors cannot be taken apart: 1 to "
                            + (all - 1) + " can");
        }
        try (Arena arena = Arena.ofConfined()) {
            context.makeCurrent();
            return split(context, asked, arena);
        } catch (CudaFailure failure) {
            return new Answer.Refused<>(failure.getMessage());
        }
    }

    private static Answer<GreenPartition> split(CudaContext context, int asked, Arena arena) throws CudaFailure {
        CudaTable table = context.table;
        MemorySegment whole = resource(arena);
        table.call(CudaFunction.DEVICE_GET_DEV_RESOURCE, context.deviceHandle(), whole, MULTIPROCESSORS);
        MemorySegment challengers = resource(arena);
        MemorySegment rest = resource(arena);
        MemorySegment groups = arena.allocateFrom(JAVA_INT, 1);
        table.call(CudaFunction.DEV_SM_RESOURCE_SPLIT_BY_COUNT, challengers, groups, whole, rest, 0, asked);
        if (groups.get(JAVA_INT, 0) != 1 || multiprocessors(rest) == 0) {
            return new Answer.Refused<>(
                    "the device's " + multiprocessors(whole) + " multiprocessors cannot be split into "
                            + asked + " or a few more for challengers and some for the champion");
        }
        MemorySegment out = arena.allocate(ADDRESS);
        table.call(CudaFunction.DEV_RESOURCE_GENERATE_DESC, out, challengers, 1);
        MemorySegment description = out.get(ADDRESS, 0);
        table.call(CudaFunction.GREEN_CTX_CREATE, out, description, context.deviceHandle(), DEFAULT_STREAM);
        Owned green = new Owned(context, out.get(ADDRESS, 0), CudaFunction.GREEN_CTX_DESTROY);
        try {
            MemorySegment granted = resource(arena);
            table.call(CudaFunction.GREEN_CTX_GET_DEV_RESOURCE, green.handle(), granted, MULTIPROCESSORS);
            return new Answer.Granted<>(
                    new GreenPartition(context, green, multiprocessors(granted), multiprocessors(rest)));
        } catch (CudaFailure failure) {
            green.close();
            throw failure;
        }
    }

    private static MemorySegment resource(Arena arena) {
        return arena.allocate(RESOURCE_BYTES, ADDRESS.byteAlignment());
    }

    /// 0 where the resource is not valid, as what remains is when nothing does.
    private static int multiprocessors(MemorySegment resource) {
        return resource.get(JAVA_INT, 0) == MULTIPROCESSORS ? resource.get(JAVA_INT, RESOURCE_MULTIPROCESSORS) : 0;
    }

    /// How many multiprocessors challengers have, read back from the green context: at least as many as were asked for.
    public int challengerMultiprocessors() {
        return challengerMultiprocessors;
    }

    /// How many no challenger ever holds.
    public int championMultiprocessors() {
        return championMultiprocessors;
    }

    /// Makes a stream on the challengers' multiprocessors, which does not wait for the legacy default stream. To be closed
    /// before this.
    ///
    /// @param priority as for [CudaContext#createStream]
    public CudaStream createChallengerStream(int priority) throws CudaFailure {
        context.makeCurrent();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            context.table.call(CudaFunction.GREEN_CTX_STREAM_CREATE, out, owned.handle(), CudaContext.NON_BLOCKING,
                    priority);
            return CudaStream.of(context, out.get(ADDRESS, 0));
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
