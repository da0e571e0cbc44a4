package dev.understudy.journal;

import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;

/// What the journal knows of a pair as a whole: where a restarted server goes on.
///
/// @param ledger      as last saved, [LedgerCounts#ZERO] when it never was. It may count rows that a kill took from the
///                    journal, at most the last second's
/// @param agreement   the sum of the pair's minutes
/// @param firstMillis when the pair was first recorded, milliseconds since the epoch
public record Evaluation(Pair pair, LedgerCounts ledger, Agreement agreement, long firstMillis) {}
