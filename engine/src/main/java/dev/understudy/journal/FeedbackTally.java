package dev.understudy.journal;

import java.util.ArrayList;
import java.util.List;

/// Counts what becomes of the labels of one call. Not thread-safe; owned by one join.
final class FeedbackTally {
    private long joined;
    private long repeated;
    private long unknown;
    private long unfit;
    private final List<String> unknownIds = new ArrayList<>();
    private final List<String> unfitIds = new ArrayList<>();

    void joined() {
        joined++;
    }

    void repeated() {
        repeated++;
    }

    void unknown(String requestId) {
        unknown++;
        list(unknownIds, requestId);
    }

    void unfit(String requestId) {
        unfit++;
        list(unfitIds, requestId);
    }

    private static void list(List<String> ids, String id) {
        if (ids.size() < FeedbackOutcome.IDS_MAX) {
            ids.add(id);
        }
    }

    FeedbackOutcome outcome() {
        return new FeedbackOutcome(joined + repeated + unknown + unfit, joined, repeated, unknown, unfit, unknownIds,
                unfitIds);
    }
}
