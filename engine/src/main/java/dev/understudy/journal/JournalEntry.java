package dev.understudy.journal;

import org.jspecify.annotations.Nullable;

/// A row on its way to the writer.
sealed interface JournalEntry {
    /// Bytes of tensors it holds on the heap.
    long bytes();

    /// A comparison, to be recorded with its minute.
    ///
    /// @param capture   the comparison's tensors when they are to be kept, else null
    /// @param selection where they are kept, and what makes room for them
    record Compared(Comparison comparison, @Nullable Capture capture,
            CaptureSelection.Decision selection) implements JournalEntry {
        @Override
        public long bytes() {
            return capture == null ? 0 : capture.byteSize();
        }
    }

    /// An event, to be recorded as it is.
    record Happened(JournalEvent event) implements JournalEntry {
        @Override
        public long bytes() {
            return 0;
        }
    }
}
