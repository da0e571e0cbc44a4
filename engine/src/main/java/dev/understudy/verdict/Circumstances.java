package dev.understudy.verdict;

import java.util.List;

/// What a verdict depends on beside criteria and evidence. Immutable.
///
/// @param ledger      the account of the evaluation's mirrored requests
/// @param nowMinute   the minute of the judgement, since the epoch, UTC; minutes before it count as over
/// @param holds       reasons from elsewhere not to promote now, one sentence each, such as a replica that is silent
public record Circumstances(LedgerCounts ledger, long nowMinute, List<String> holds) {
    public Circumstances {
        holds = List.copyOf(holds);
    }
}
