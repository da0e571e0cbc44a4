package dev.understudy.journal;

import java.util.List;

/// What became of some labels. Its law is checked on construction: each is in exactly one account.
///
/// @param received   labels given
/// @param joined     joined with what was answered to their requests
/// @param repeated   of requests that had a label already: the first one stands
/// @param unknown    of requests no answers are held for. The label is kept all the same, since the comparison may still be
///                   under way, and is joined when it comes
/// @param unfit      that cannot be the truth about what was answered: as many labels as rows are needed, and classes that
///                   exist. They are dropped, so a better one may follow
/// @param unknownIds the first of the unknown
/// @param unfitIds   the first of the unfit
public record FeedbackOutcome(long received, long joined, long repeated, long unknown, long unfit,
        List<String> unknownIds, List<String> unfitIds) {
    /// How many ids are listed, enough to find the mistake.
    public static final int IDS_MAX = 10;

    public FeedbackOutcome {
        unknownIds = List.copyOf(unknownIds);
        unfitIds = List.copyOf(unfitIds);
        if (received != joined + repeated + unknown + unfit) {
            throw new IllegalStateException("the account of labels does not balance: received=" + received + " joined="
                    + joined + " repeated=" + repeated + " unknown=" + unknown + " unfit=" + unfit);
        }
    }

    FeedbackCounts counts() {
        return new FeedbackCounts(received, joined, repeated, unknown, unfit, 0);
    }
}
