package dev.understudy.verdict;

import java.util.OptionalLong;

/// What the evidence says of one criterion. Immutable.
///
/// `estimate`, `low`, `high` and `limit` are in the words of the declaration, counted in `unit`: an error rate of 0.001 is
/// 0.1%, a gain of 0.05 is 5 points. `low` and `high` hold at all times together, each with the chance of error of its
/// side, however often anyone looks. All are NaN before the first observation.
///
/// Odds are NaN where there are none: for a ratio of quantiles, which is decided by its interval, and for a cap, which is a
/// plain rule.
///
/// @param criterion       [Criterion#key]
/// @param estimate        as observed
/// @param samples         observations
/// @param effective       what they are worth once corrected for bursts
/// @param designEffect    `samples / effective`, 1 where each counts
/// @param passOdds        odds against "the limit is missed": passes at `passOddsNeeded`, and closed gates aside
/// @param failOdds        odds against "the limit is kept": fails at `failOddsNeeded`
/// @param moreSamples     about how many more observations it takes to pass or fail if things stay as they are; empty when
///                        decided, or when that would never happen
/// @param needed          what is still needed, in a sentence; empty when decided
public record CriterionResult(String criterion, Outcome outcome, Unit unit, double estimate, double low, double high,
        double limit, long samples, double effective, double designEffect, double passOdds, double passOddsNeeded,
        double failOdds, double failOddsNeeded, OptionalLong moreSamples, String needed) {}
