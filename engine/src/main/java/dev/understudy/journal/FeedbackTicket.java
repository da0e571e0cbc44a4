package dev.understudy.journal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// What a caller holds while its labels are on their way to the disk. Thread-safe.
///
/// A batch that fails is tried again, so what was decided counts only once it is committed.
final class FeedbackTicket {
    private final CompletableFuture<FeedbackOutcome> recorded = new CompletableFuture<>();
    private volatile @Nullable FeedbackOutcome decided;

    /// What became of the labels, should this attempt be committed. Writer only.
    void decided(FeedbackOutcome outcome) {
        decided = outcome;
    }

    /// The last attempt is on disk. Writer only.
    void committed() {
        FeedbackOutcome outcome = decided;
        if (outcome != null) {
            recorded.complete(outcome);
        }
    }

    /// The labels are given up. Any thread.
    void lost() {
        recorded.completeExceptionally(
                new JournalException("the labels found no room in the journal and were dropped"));
    }

    /// Waits until the labels are on disk or given up.
    FeedbackOutcome await() throws JournalException, InterruptedException {
        try {
            return recorded.get();
        } catch (ExecutionException e) {
            throw new JournalException(String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        }
    }
}
