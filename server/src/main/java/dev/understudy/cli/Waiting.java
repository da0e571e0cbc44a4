package dev.understudy.cli;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a duration as people write it: `90s`, `30m`, `48h`, `2d`. Stateless.
final class Waiting implements ITypeConverter<Duration> {
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,9})(s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of("s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1),
            "h",
            Duration.ofHours(1), "d", Duration.ofDays(1));

    @Override
    public Duration convert(String text) {
        Matcher amount = AMOUNT.matcher(text.strip());
        if (!amount.matches()) {
            throw new TypeConversionException("a duration is written 90s, 30m, 48h or 2d, not `" + text + "`");
        }
        return UNITS.getOrDefault(amount.group(2), Duration.ZERO).multipliedBy(Long.parseLong(amount.group(1)));
    }
}
