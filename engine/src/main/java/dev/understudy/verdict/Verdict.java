package dev.understudy.verdict;

import java.util.List;

/// The judgement on a challenger at one minute: a pure function of criteria, evidence and circumstances. Immutable.
///
/// @param declared  false where nobody declared criteria, so that those asked by default are shown and nothing hangs on them
/// @param decision  what it comes to
/// @param reason    why, in a sentence that names the criterion, the gate or the segment it hangs on
/// @param criteria  each criterion, in the order of the declaration
/// @param gates     what must be so before promotion, open or closed
/// @param segments  for each criterion its failing segments and then its worst ones, at most [Judge#SEGMENTS_MAX] each
/// @param coverage  share of the champion's answers that were compared, 0..1
/// @param observed  share of the sampled requests that were run on the challenger, 0..1; 1 before the first
/// @param shedding  what was shed, and whether it differs from what was compared, in a sentence
/// @param noise     how often champion and challenger differ from themselves, in a sentence
/// @param statement what is promised about being wrong, and what is not
/// @param minute    the minute of the judgement, since the epoch, UTC
public record Verdict(boolean declared, Decision decision, String reason, List<CriterionResult> criteria,
        List<Gate> gates,
        List<SegmentResult> segments, double coverage, double observed, String shedding, String noise, String statement,
        long minute) {
    public Verdict {
        criteria = List.copyOf(criteria);
        gates = List.copyOf(gates);
        segments = List.copyOf(segments);
    }
}
