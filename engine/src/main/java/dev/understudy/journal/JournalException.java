package dev.understudy.journal;

/// The journal cannot be opened or read. The message is one sentence, without file-system paths.
public final class JournalException extends Exception {
    private static final long serialVersionUID = 1;

    public JournalException(String message, Throwable cause) {
        super(message, cause);
    }

    public JournalException(String message) {
        super(message);
    }
}
