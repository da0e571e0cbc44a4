package dev.understudy.shadow;

import java.util.OptionalInt;

/// Whoever runs a session in the challengers' lane, and so has to come through the [Turnstile]: today the lines of challengers.
/// Thread-safe.
interface Entrant {
    /// The kernel's id of the thread of the idle class that does the run, if one does.
    OptionalInt idleThread();

    /// Cancels the run in progress, which gets no processor time; its requests are shed as starved.
    void cancelStarved();
}
