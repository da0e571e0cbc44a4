package dev.understudy.journal;

import dev.understudy.diff.Difference;
import dev.understudy.verdict.Pair;
import org.jspecify.annotations.Nullable;

/// One request answered by both models, and how the answers differ.
///
/// @param timeMillis      wall clock when the comparison was made, milliseconds since the epoch
/// @param clientId        the id the client gave the request, or null; not unique, and shortened when it is very long
/// @param segment         the request's segment, or null
/// @param championNanos   run time of the batch in which the champion answered
/// @param championRows    rows of that batch
/// @param challengerNanos run time of the batch in which the challenger answered; the two batches usually differ in
///                        size, so the two times must not be compared as latencies
/// @param challengerRows  rows of that batch
public record Comparison(long timeMillis, Pair pair, String requestId, @Nullable String clientId,
        @Nullable String segment, long championNanos, long championRows, long challengerNanos, long challengerRows,
        Difference difference) {}
