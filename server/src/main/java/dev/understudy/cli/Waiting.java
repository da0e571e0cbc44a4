package dev.understudy.cli;

import dev.understudy.model.DurationText;
import java.time.Duration;
import java.util.OptionalLong;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a duration as [DurationText] does. Stateless.
final class Waiting implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        OptionalLong nanos = DurationText.nanos(text);
        if (nanos.isEmpty()) {
            throw new TypeConversionException("a duration is written 90s, 30m, 48h or 2d, not `" + text + "`");
        }
        return Duration.ofNanos(nanos.getAsLong());
    }
}
