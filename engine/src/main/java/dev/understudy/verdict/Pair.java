package dev.understudy.verdict;

/// The key of an evaluation. Evidence belongs to bytes and not to names of versions, to one model's traffic, and to the
/// rules it was judged by: whatever of these changes, a new evaluation begins and the old one stays on record.
///
/// @param model      the model whose requests both answered
/// @param champion   SHA-256 of the champion, 64 hex digits
/// @param challenger SHA-256 of the challenger, 64 hex digits
/// @param rules      fingerprint of comparators and output mapping, 16 hex digits
public record Pair(String model, String champion, String challenger, String rules) {}
