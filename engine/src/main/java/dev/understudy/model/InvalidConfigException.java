package dev.understudy.model;

/// A configuration file that cannot be used. The message names the line, what is wrong and what would be right.
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1;

    public InvalidConfigException(int line, String message) {
        super("line " + line + ": " + message);
    }

    public InvalidConfigException(int line, int column, String message) {
        super("line " + line + ", column " + column + ": " + message);
    }
}
