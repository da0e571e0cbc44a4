package dev.understudy.ffm;

/// What the operating system says to something asked of it. A container, a sandbox or another system may refuse what a plain
/// Linux grants, so refusals are values. Immutable.
///
/// @param <T> what is had when it is granted
public sealed interface Answer<T> {
    /// It was done.
    record Granted<T>(T value) implements Answer<T> {}

    /// It was not.
    ///
    /// @param reason what was asked and the system's own words: `sched_setscheduler: Operation not permitted`
    record Refused<T>(String reason) implements Answer<T> {}
}
