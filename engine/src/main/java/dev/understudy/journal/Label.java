package dev.understudy.journal;

import java.util.List;

/// What would have been right to answer to a request. Immutable.
///
/// @param requestId the server's id of the request
/// @param truth     one label a row of the request, as the caller wrote it
public record Label(String requestId, List<String> truth) {
    public Label {
        truth = List.copyOf(truth);
    }

    /// Heap bytes, roughly.
    long bytes() {
        long bytes = 64L + requestId.length();
        for (String one : truth) {
            bytes += 32L + one.length();
        }
        return bytes;
    }
}
