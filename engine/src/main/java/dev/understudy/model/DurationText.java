package dev.understudy.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a duration as people write it, a number and a unit: `100ms`, `90s`, `30m` or `30min`, `1.5 h`, `2d`; a plain 0 needs
/// no unit. Stateless.
public final class DurationText {
    private static final Pattern FORM = Pattern
            .compile("\\s*([-+]?[0-9]{1,15}(?:\\.[0-9]{1,15})?)\\s*([a-z]*)\\s*");
    private static final Map<String, Long> NANOS = Map.of("d", 86_400_000_000_000L, "h", 3_600_000_000_000L, "min",
            60_000_000_000L, "m", 60_000_000_000L, "s", 1_000_000_000L, "ms", 1_000_000L, "us", 1_000L, "ns", 1L);

    private DurationText() {}

    /// The duration in nanoseconds, or nothing when the text is none, is negative, or is longer than 292 years.
    public static OptionalLong nanos(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        Long unit = NANOS.get(matcher.group(2));
        if (unit == null) {
            return matcher.group(2).isEmpty() && number.signum() == 0 ? OptionalLong.of(0) : OptionalLong.empty();
        }
        BigDecimal nanos = number.multiply(BigDecimal.valueOf(unit)).setScale(0, RoundingMode.HALF_UP);
        return nanos.signum() < 0 || nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? OptionalLong.empty()
                : OptionalLong.of(nanos.longValue());
    }
}
