package dev.understudy.journal;

/// The account of all labels a model was ever given, kept across restarts. Immutable. See [FeedbackOutcome] for the words.
///
/// @param joinedLater of the unknown, those whose answers came afterwards
public record FeedbackCounts(long received, long joined, long repeated, long unknown, long unfit, long joinedLater) {
    public static final FeedbackCounts ZERO = new FeedbackCounts(0, 0, 0, 0, 0, 0);

    FeedbackCounts plus(FeedbackCounts more) {
        return new FeedbackCounts(received + more.received, joined + more.joined, repeated + more.repeated,
                unknown + more.unknown, unfit + more.unfit, joinedLater + more.joinedLater);
    }
}
