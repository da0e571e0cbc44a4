package dev.understudy.runtime;

/// What the trial of a loaded model showed. Immutable.
///
/// @param ran             at least one run succeeded
/// @param stackable       several rows in one run give outputs of as many rows each
/// @param rowsIndependent rows run alone equal the same rows stacked, within tolerance, so requests may share a run
/// @param failure         why no made-up input ran, in one sentence, else empty
public record TrialReport(boolean ran, boolean stackable, boolean rowsIndependent, String failure) {
    /// A trial in which a made-up input ran.
    public TrialReport(boolean ran, boolean stackable, boolean rowsIndependent) {
        this(ran, stackable, rowsIndependent, "");
    }
}
