package dev.understudy.shadow;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Who is in a run at this instant, written where it survives the process: when one ends without a word, the next reads there
/// which challengers it was running. Thread-safe; each slot belongs to one line, and no champion's thread comes near.
///
/// A memory-mapped file: a mark is one plain store into the system's own page, which the system keeps when the process crashes.
/// Nothing is synced, so after a power cut nobody knows; the marks of another boot of the machine therefore say nothing.
/// ```
/// byte    0  MAGIC while an end would be held against somebody, else 0
/// byte    8  the boot of the machine, 36 characters
/// byte   64  slots of 64 bytes: SHA-256, 32 bytes; then 1 while in a run, else 0, 8 bytes
/// ```
public final class RunMarks {
    private static final long MAGIC = 0x314b52414d4e5552L;
    private static final long BOOT_OFFSET = 8;
    private static final int BOOT_BYTES = 36;
    private static final int SLOT_BYTES = 64;
    private static final int SHA256_BYTES = 32;
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment memory;
    private final List<String> left;
    private final boolean[] claimed;

    private RunMarks(MemorySegment memory, List<String> left) {
        this.memory = memory;
        this.left = left;
        this.claimed = new boolean[(int) (memory.byteSize() / SLOT_BYTES) - 1];
    }

    /// Reads what the process before left in `file`, and begins anew there.
    ///
    /// @param slots lines that may be in a run at once
    public static RunMarks open(Path file, int slots) throws IOException {
        return open(file, slots, bootId());
    }

    /// The same at a certain boot of the machine.
    static RunMarks open(Path file, int slots, String boot) throws IOException {
        byte[] bootId = padded(boot);
        int bytes = SLOT_BYTES * (slots + 1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            List<String> left = running(MemorySegment.ofArray(Files.readAllBytes(file)), bootId);
            // Real bytes and not a hole: a page that finds no room on the disk when it is stored to ends the process.
            channel.truncate(0);
            ByteBuffer zeros = ByteBuffer.allocate(bytes);
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
            RunMarks marks = new RunMarks(channel.map(MapMode.READ_WRITE, 0, bytes, Arena.ofAuto()), left);
            MemorySegment.copy(bootId, 0, marks.memory, ValueLayout.JAVA_BYTE, BOOT_OFFSET, BOOT_BYTES);
            LONG.setRelease(marks.memory, 0L, MAGIC);
            return marks;
        }
    }

    /// Marks that do not survive.
    public static RunMarks inMemory(int slots) {
        return new RunMarks(Arena.ofAuto().allocate((long) SLOT_BYTES * (slots + 1), Long.BYTES), List.of());
    }

    /// One line's mark. Not thread-safe; owned by the line's thread.
    final class Slot implements AutoCloseable {
        private final int number;

        private Slot(int number) {
            this.number = number;
        }

        /// It goes into a run.
        void begin() {
            set(1);
        }

        /// It came out again.
        void end() {
            set(0);
        }

        private void set(long running) {
            if (number >= 0) {
                LONG.setRelease(memory, offset(number) + SHA256_BYTES, running);
            }
        }

        /// Gives the slot back.
        @Override
        public void close() {
            end();
            release(number);
        }
    }

    /// A slot for a line that runs these bytes. With none left it is one that marks nothing: nobody is kept from running.
    synchronized Slot claim(String sha256) {
        int free = 0;
        while (free < claimed.length && claimed[free]) {
            free++;
        }
        if (free == claimed.length) {
            return new Slot(-1);
        }
        claimed[free] = true;
        MemorySegment.copy(HexFormat.of().parseHex(sha256), 0, memory, ValueLayout.JAVA_BYTE, offset(free),
                SHA256_BYTES);
        return new Slot(free);
    }

    private synchronized void release(int number) {
        if (number >= 0) {
            claimed[number] = false;
        }
    }

    /// SHA-256 of those that were in a run when the process before ended without [#settle]; nobody after another boot.
    public List<String> left() {
        return left;
    }

    /// SHA-256 of those that are in a run now.
    public List<String> running() {
        return running(memory);
    }

    /// From now on the end of the process is held against nobody: it was asked to end, or has said why it will.
    public void settle() {
        LONG.setRelease(memory, 0L, 0L);
    }

    private static List<String> running(MemorySegment file, byte[] bootId) {
        boolean valid = file.byteSize() >= SLOT_BYTES && file.get(ValueLayout.JAVA_LONG_UNALIGNED, 0) == MAGIC
                && file.asSlice(BOOT_OFFSET, BOOT_BYTES).mismatch(MemorySegment.ofArray(bootId)) < 0;
        return valid ? running(file) : List.of();
    }

    private static List<String> running(MemorySegment file) {
        List<String> running = new ArrayList<>();
        for (int slot = 0; offset(slot + 1) <= file.byteSize(); slot++) {
            if (file.get(ValueLayout.JAVA_LONG_UNALIGNED, offset(slot) + SHA256_BYTES) == 1) {
                byte[] sha256 = file.asSlice(offset(slot), SHA256_BYTES).toArray(ValueLayout.JAVA_BYTE);
                running.add(HexFormat.of().formatHex(sha256));
            }
        }
        return running.stream().distinct().toList();
    }

    private static long offset(int slot) {
        return (long) SLOT_BYTES * (slot + 1);
    }

    private static byte[] padded(String boot) {
        byte[] bytes = new byte[BOOT_BYTES];
        byte[] text = boot.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, bytes, 0, Math.min(text.length, BOOT_BYTES));
        return bytes;
    }

    /// Tells this boot of the machine from others; empty where the system does not say, and then all look the same.
    private static String bootId() {
        try {
            return Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
