package dev.understudy.checkup;

import java.util.Locale;

/// One thing that was looked at. Immutable.
///
/// @param subject what it is about, a few words
/// @param text    what was found
/// @param remedy  what to do about it, an imperative; empty where nothing is to be done
public record Finding(String subject, Mark mark, String text, String remedy) {
    /// Line breaks, which what others say may have, become blanks.
    public Finding {
        text = text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /// What it means for serving.
    public enum Mark {
        /// As it should be.
        OK,
        /// In the way of what was asked for.
        MISSING,
        /// Worth knowing; not in the way.
        NOTE;

        /// As it is printed: `ok`.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String subject, String text) {
        return new Finding(subject, Mark.OK, text, "");
    }

    static Finding note(String subject, String text) {
        return new Finding(subject, Mark.NOTE, text, "");
    }

    static Finding missing(String subject, Obstacle obstacle) {
        return new Finding(subject, Mark.MISSING, obstacle.problem(), obstacle.remedy());
    }

    /// Text and remedy, in one line.
    public String line() {
        return remedy.isEmpty() ? text : text + "; " + remedy;
    }
}
