package dev.understudy.journal;

/// The account of everything appended since the journal was opened: comparisons and events. Its law is checked on
/// construction: `appended = committed + lost + pending`.
///
/// @param appended  given to the journal
/// @param committed safe on disk
/// @param lost      dropped because the buffer stayed full, the database refused them or the journal was closed
/// @param pending   waiting for their commit
record JournalCounts(long appended, long committed, long lost, long pending) {
    public JournalCounts {
        if (appended != committed + lost + pending || pending < 0) {
            throw new IllegalStateException("the journal's account does not balance: appended=" + appended
                    + " committed=" + committed + " lost=" + lost + " pending=" + pending);
        }
    }
}
