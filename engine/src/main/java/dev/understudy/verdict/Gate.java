package dev.understudy.verdict;

/// Something that must be so before a challenger may be promoted, whatever the criteria say. Immutable. A gate only ever
/// delays.
///
/// @param name   its key: `watch_at_least`
/// @param reason where it stands, in a sentence: `watched 3 h of 24 h`
public record Gate(String name, boolean open, String reason) {}
