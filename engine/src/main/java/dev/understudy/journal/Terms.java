package dev.understudy.journal;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Task;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// What an evaluation is judged by, fixed when it begins. Immutable.
///
/// @param criteria what a challenger must show
/// @param task     what its answers are about, empty when nobody will say what was right
public record Terms(Criteria criteria, Optional<Task> task) {
    private static final int FINGERPRINT_BYTES = 8;
    /// Nothing was declared.
    public static final Terms NONE = none();

    private static Terms none() {
        try {
            return parse("", "");
        } catch (InvalidConfigException e) {
            throw new IllegalStateException("no criteria must be criteria", e);
        }
    }

    /// Reads terms back from their texts, either of which may be empty.
    ///
    /// @throws InvalidConfigException when a text was not written by this program, or by a later one
    static Terms parse(String criteria, String task) throws InvalidConfigException {
        return new Terms(Criteria.parse(criteria),
                task.isEmpty() ? Optional.empty() : Task.parse(ConfigNode.parse(task)));
    }

    String taskText() {
        return task.map(Task::text).orElse("");
    }

    /// Tells an evaluation under these terms from others, 16 hex digits.
    ///
    /// @param comparators fingerprint of the rules by which answers are compared
    public String fingerprint(String comparators) {
        String text = comparators + "\n" + criteria.fingerprint() + "\n" + taskText();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
