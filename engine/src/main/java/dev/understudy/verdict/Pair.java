package dev.understudy.verdict;

/// The key of an evaluation: evidence belongs to bytes, not to names.
///
/// @param champion   SHA-256 of the champion, 64 hex digits
/// @param challenger SHA-256 of the challenger, 64 hex digits
public record Pair(String champion, String challenger) {}
