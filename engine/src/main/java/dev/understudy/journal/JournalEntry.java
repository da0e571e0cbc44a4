package dev.understudy.journal;

import dev.understudy.verdict.Pair;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A row on its way to the writer.
sealed interface JournalEntry {
    /// Heap bytes it holds beyond those of a plain row.
    long bytes();

    /// Rows it becomes in the tables that are trimmed.
    long rows();

    /// It is on disk.
    default void committed() {}

    /// It will not be, unless it is already.
    default void lost() {}

    /// A comparison, to be recorded with its minute and its evidence.
    ///
    /// @param capture   the comparison's tensors when they are to be kept, else null
    /// @param selection where they are kept, and what makes room for them
    record Compared(Comparison comparison, @Nullable Capture capture, CaptureSelection.Decision selection,
            Seen seen) implements JournalEntry {
        @Override
        public long bytes() {
            return capture == null ? 0 : capture.heldBytes();
        }

        @Override
        public long rows() {
            return 1L + comparison.difference().outputs().size() + (seen.answers() == null ? 0 : 1);
        }
    }

    /// Evidence without a comparison.
    record Observed(Pair pair, long timeMillis, Seen seen) implements JournalEntry {
        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public long rows() {
            return seen.answers() == null ? 0 : 1;
        }
    }

    /// An evaluation begins, or goes on.
    record Begun(Pair pair, long timeMillis, Terms terms) implements JournalEntry {
        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public long rows() {
            return 0;
        }
    }

    /// Labels, to be joined with what was answered to their requests.
    record Labelled(String model, List<Label> labels, FeedbackTicket ticket) implements JournalEntry {
        public Labelled {
            labels = List.copyOf(labels);
        }

        @Override
        public long bytes() {
            return labels.stream().mapToLong(Label::bytes).sum();
        }

        @Override
        public long rows() {
            return labels.size();
        }

        @Override
        public void committed() {
            ticket.committed();
        }

        @Override
        public void lost() {
            ticket.lost();
        }
    }

    /// An event, to be recorded as it is.
    record Happened(JournalEvent event) implements JournalEntry {
        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public long rows() {
            return 1;
        }
    }
}
