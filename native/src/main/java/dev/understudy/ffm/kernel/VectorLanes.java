package dev.understudy.ffm.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The vectors of this machine, and how FP32 gets into them. Stateless.
final class VectorLanes {
    static final VectorSpecies<Double> WIDE = DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, WIDE.vectorShape());
    private static final VectorSpecies<Byte> HALF_BYTES = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(WIDE.vectorBitSize() / 2));
    static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, WIDE.vectorShape());
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, WIDE.vectorShape());
    static final int LANES = INTS.length();
    static final int WIDE_LANES = WIDE.length();
    /// All bits of a float but its sign.
    static final int MAGNITUDE = Integer.MAX_VALUE;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private VectorLanes() {}

    /// The bits of one vector of floats.
    static IntVector loaded(MemorySegment segment, long at) {
        return ByteVector.fromMemorySegment(BYTES, segment, at, ORDER).reinterpretAsInts();
    }

    /// Half as many floats, as doubles.
    static DoubleVector widened(MemorySegment segment, long at) {
        return (DoubleVector) ByteVector.fromMemorySegment(HALF_BYTES, segment, at, ORDER).reinterpretAsFloats()
                .convertShape(VectorOperators.F2D, WIDE, 0);
    }
}
