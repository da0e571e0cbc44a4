package dev.understudy.verdict;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What every criterion can say: its limit, `over`, and where it allows it `segment`. Immutable.
final class LimitSection {
    private static final int MINUTES_MAX = 366 * 24 * 60;

    private final String name;
    private final String limitKey;
    private final Settings settings;
    private final int overMinutes;
    private final @Nullable String segment;

    /// @param limitKey `at_least` or `at_most`
    /// @param more     keys beside the limit and `over`
    LimitSection(String name, String limitKey, ConfigNode node, List<String> more) throws InvalidConfigException {
        this.name = name;
        this.limitKey = limitKey;
        List<String> keys = new ArrayList<>(List.of(limitKey, "over"));
        keys.addAll(more);
        settings = Settings.of(name, node, keys);
        ConfigNode.Scalar over = settings.scalar("over");
        overMinutes = over == null ? 0 : minutes(over, name + ".over", 1);
        ConfigNode.Scalar named = settings.scalar("segment");
        if (named != null && named.text().isEmpty()) {
            throw Quantity.refused(named, name + ".segment", "write the segment's name");
        }
        segment = named == null ? null : named.text();
    }

    /// A duration in minutes, from `min` up to a year.
    static int minutes(ConfigNode.Scalar value, String key, int min) throws InvalidConfigException {
        String right = "write a duration in whole minutes" + (min > 0 ? " above 0" : "") + " up to 366d, such as 24h";
        long nanos = Quantity.nanos(value, key, right);
        long minutes = nanos / Quantity.NANOS_A_MINUTE;
        if (nanos % Quantity.NANOS_A_MINUTE != 0 || minutes < min || minutes > MINUTES_MAX) {
            throw Quantity.refused(value, key, right);
        }
        return (int) minutes;
    }

    Settings settings() {
        return settings;
    }

    int overMinutes() {
        return overMinutes;
    }

    @Nullable
    String segment() {
        return segment;
    }

    /// The limit as written.
    ///
    /// @throws InvalidConfigException when there is none
    ConfigNode.Scalar limit(String right) throws InvalidConfigException {
        ConfigNode.Scalar limit = settings.scalar(limitKey);
        if (limit == null) {
            throw new InvalidConfigException(settings.line(), name + " needs " + limitKey + "; " + right);
        }
        return limit;
    }

    /// The criterion on one line, always written the same way.
    ///
    /// @param limit the limit, as [Quantity] writes it
    /// @param more  further keys and their texts, in a fixed order
    String text(String limit, Map<String, String> more) {
        StringBuilder text = new StringBuilder(name).append(": {").append(limitKey).append(": ").append(limit);
        more.forEach((key, value) -> text.append(", ").append(key).append(": ").append(value));
        if (segment != null) {
            text.append(", segment: ").append(RuleText.quoted(segment));
        }
        if (overMinutes != 0) {
            text.append(", over: ").append(Quantity.nanos(overMinutes * Quantity.NANOS_A_MINUTE));
        }
        return text.append('}').toString();
    }
}
