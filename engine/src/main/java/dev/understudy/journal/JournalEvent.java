package dev.understudy.journal;

import java.util.Locale;

/// Something that happened to a model version, for the record.
///
/// @param sha256 of the version, empty where the event is about the model as a whole
/// @param detail one sentence: why it was refused, what the rate became
public record JournalEvent(long timeMillis, Kind kind, String model, String version, String sha256, String detail) {
    /// What happened.
    public enum Kind {
        /// Became champion.
        CHAMPION,
        /// Passed probation; requests are mirrored to it from now on.
        SHADOWING,
        /// Did not pass, with the reason.
        REFUSED,
        /// No longer shadowed.
        RETIRED,
        /// The sampling rate changed.
        SAMPLING,
        /// The criteria were set, with who and what.
        CRITERIA,
        /// The tolerances that follow from the champion's own noise were fixed.
        TOLERANCE,
        /// Something a person should look at.
        ALERT;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
