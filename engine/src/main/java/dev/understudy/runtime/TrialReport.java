package dev.understudy.runtime;

/// What the trial of a loaded model showed. Immutable.
///
/// @param ran             at least one run succeeded; false only where the inputs have variable dimensions beyond the
///                        first and no size that was tried suits them
/// @param stackable       several rows in one run give outputs of as many rows each
/// @param rowsIndependent rows run alone equal the same rows stacked, within tolerance, so requests may share a run
public record TrialReport(boolean ran, boolean stackable, boolean rowsIndependent) {}
