package dev.understudy.runtime;

import dev.understudy.model.ModelVersion;
import java.util.Locale;

/// A device was lost, and this run was the first to notice. Which is not always the one to blame: the context is shared, so
/// after a faulty kernel of one session the next call of any other fails.
///
/// @param version who ran
/// @param part    as what
/// @param reason  what the driver says, one sentence without paths
public record DeviceLoss(ModelVersion version, Part part, String reason) {
    /// What a session is for. A champion that is run again beside its challengers is still the champion.
    public enum Part {
        CHAMPION, CHALLENGER;

        /// As a sentence has it.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
