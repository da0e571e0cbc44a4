package dev.understudy.shadow;

import dev.understudy.verdict.ShedReason;

/// Why a challenger may not start a run yet, and what a request is shed for that waited too long because of it.
enum Hold {
    /// Another challenger has the lane, or has had less of it.
    TURN(ShedReason.STALE),
    /// The champion has requests in hand.
    GAP(ShedReason.STARVED),
    /// A run got no processor time a moment ago.
    PAUSE(ShedReason.STARVED),
    /// The lane has used up what it may have: its share of the device, or less because the champion is slower.
    BUDGET(ShedReason.OVER_BUDGET),
    /// The lane rests, so that the champion can be seen without it.
    REST(ShedReason.STALE);

    private final ShedReason blame;

    Hold(ShedReason blame) {
        this.blame = blame;
    }

    ShedReason blame() {
        return blame;
    }
}
