package dev.understudy.journal;

/// A comparison as the journal holds it.
///
/// @param sequence its number, larger for later ones
/// @param captured whether its tensors are kept, see [Journal#capture]
public record StoredComparison(long sequence, boolean captured, Comparison comparison) {}
