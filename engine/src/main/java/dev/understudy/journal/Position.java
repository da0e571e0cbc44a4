package dev.understudy.journal;

/// How far the journal is safe on disk.
///
/// @param sequence   number of the last committed comparison, 0 before the first; it grows by one a comparison
/// @param timeMillis wall clock of the last commit, milliseconds since the epoch, 0 before the first
public record Position(long sequence, long timeMillis) {
    public static final Position START = new Position(0, 0);
}
