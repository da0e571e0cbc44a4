package dev.understudy.checkup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The libraries that a shared library itself names as needed, read from its file without loading it. Layout: the ELF-64
/// object file format, little-endian, of the System V ABI. Not thread-safe; owned by one call.
final class NeededLibraries {
    /// `7f` and ELF, 64 bits, little-endian.
    private static final long MAGIC = 0x01_02_46_4c_45_7fL;
    private static final int MAGIC_BYTES = 6;
    private static final int HEADERS_OFFSET = 32;
    private static final int HEADER_BYTES = 54;
    private static final int HEADER_COUNT = 56;
    /// In a program header.
    private static final int SEGMENT_OFFSET = 8;
    private static final int SEGMENT_ADDRESS = 16;
    private static final int SEGMENT_BYTES = 32;
    private static final int LOADED = 1;
    private static final int DYNAMIC = 2;
    /// In the dynamic section, whose entries are a tag and a value.
    private static final int ENTRY_BYTES = 16;
    private static final long END = 0;
    private static final long NEEDED = 1;
    private static final long STRINGS = 5;

    private final ByteBuffer file;
    private final int headers;
    private final int headerBytes;
    private final int headerCount;

    private NeededLibraries(ByteBuffer file) {
        this.file = file;
        headers = Math.toIntExact(file.getLong(HEADERS_OFFSET));
        headerBytes = Short.toUnsignedInt(file.getShort(HEADER_BYTES));
        headerCount = Short.toUnsignedInt(file.getShort(HEADER_COUNT));
    }

    /// Their names, in the file's order.
    ///
    /// @throws IOException when the file cannot be read or is none of this format
    static List<String> of(Path library) throws IOException {
        try (FileChannel channel = FileChannel.open(library)) {
            ByteBuffer file = channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(channel.size(), Integer.MAX_VALUE))
                    .order(ByteOrder.LITTLE_ENDIAN);
            if ((file.getLong(0) & ((1L << (MAGIC_BYTES * Byte.SIZE)) - 1)) != MAGIC) {
                throw new IOException(library + " is no shared library for a 64-bit machine");
            }
            return new NeededLibraries(file).names();
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new IOException(library + " is cut short", e);
        }
    }

    private List<String> names() {
        List<Long> needed = new ArrayList<>();
        long strings = 0;
        int dynamic = segment(DYNAMIC);
        if (dynamic < 0) {
            return List.of();
        }
        int entry = Math.toIntExact(file.getLong(dynamic + SEGMENT_OFFSET));
        int end = Math.addExact(entry, Math.toIntExact(file.getLong(dynamic + SEGMENT_BYTES)));
        for (; entry < end && file.getLong(entry) != END; entry += ENTRY_BYTES) {
            long value = file.getLong(entry + Long.BYTES);
            if (file.getLong(entry) == NEEDED) {
                needed.add(value);
            } else if (file.getLong(entry) == STRINGS) {
                strings = value;
            }
        }
        int table = offset(strings);
        return needed.stream().map(name -> text(Math.addExact(table, Math.toIntExact(name)))).toList();
    }

    /// Where the first program header of a type is, -1 where there is none.
    private int segment(int type) {
        for (int i = 0; i < headerCount; i++) {
            if (file.getInt(headers + i * headerBytes) == type) {
                return headers + i * headerBytes;
            }
        }
        return -1;
    }

    /// The place in the file of an address in memory.
    private int offset(long address) {
        for (int i = 0; i < headerCount; i++) {
            int header = headers + i * headerBytes;
            long start = file.getLong(header + SEGMENT_ADDRESS);
            if (file.getInt(header) == LOADED && address >= start
                    && address < start + file.getLong(header + SEGMENT_BYTES)) {
                return Math.toIntExact(address - start + file.getLong(header + SEGMENT_OFFSET));
            }
        }
        throw new IndexOutOfBoundsException();
    }

    private String text(int offset) {
        int end = offset;
        while (file.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - offset];
        file.get(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
