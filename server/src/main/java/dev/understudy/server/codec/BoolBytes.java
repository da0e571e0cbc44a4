package dev.understudy.server.codec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The bytes of a BOOL tensor as clients send them raw: 0 is false and 1 is true. Others have no meaning, and operators that
/// met them would not agree on one. Stateless, thread-safe.
final class BoolBytes {
    private static final long NONE = -1;
    private static final ValueLayout.OfLong EIGHT = ValueLayout.JAVA_LONG_UNALIGNED;
    /// What eight booleans never have set.
    private static final long FOREIGN_BITS = 0xFEFEFEFEFEFEFEFEL;

    private BoolBytes() {}

    /// What is wrong with `data` in a sentence for the client; empty when nothing is.
    static String complaint(MemorySegment data) {
        long at = firstForeign(data);
        return at == NONE
                ? ""
                : "element " + at + " of the BOOL data is " + Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at))
                        + ": expected 0 or 1";
    }

    /// Where the first byte stands that is no boolean, or [#NONE].
    private static long firstForeign(MemorySegment data) {
        long at = 0;
        long eightsEnd = data.byteSize() & -Long.BYTES;
        while (at < eightsEnd && (data.get(EIGHT, at) & FOREIGN_BITS) == 0) {
            at += Long.BYTES;
        }
        while (at < data.byteSize()) {
            if ((data.get(ValueLayout.JAVA_BYTE, at) & ~1) != 0) {
                return at;
            }
            at++;
        }
        return NONE;
    }
}
