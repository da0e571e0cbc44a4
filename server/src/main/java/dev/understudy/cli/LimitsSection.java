package dev.understudy.cli;

import dev.understudy.engine.Limits;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.server.plane.DataPlaneOptions;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/// The `limits` of a configuration file, and the same limits as a line of text. The keys are the components of
/// [Limits] in snake case; what is not given keeps its default.
final class LimitsSection {
    private static final RecordComponent[] COMPONENTS = Limits.class.getRecordComponents();
    private static final Pattern QUANTITY = Pattern.compile("(\\d+(?:\\.\\d+)?) ?([A-Za-z]*)");
    private static final Map<String, Long> NANOS = Map.of("us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L, "m",
            60_000_000_000L, "h", 3_600_000_000_000L);
    static final Map<String, Long> BYTES = Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB",
            1L << 30, "TiB", 1L << 40);

    private LimitsSection() {}

    static Limits parse(Node node) throws InvalidConfigException {
        List<String> known = Arrays.stream(COMPONENTS).map(LimitsSection::key).toList();
        Map<String, Node> entries = ConfigFile.mapping(node, known);
        Map<String, Object> defaults = Limits.DEFAULT.asMap();
        Object[] values = new Object[COMPONENTS.length];
        for (int i = 0; i < values.length; i++) {
            Node given = entries.get(known.get(i));
            values[i] = given == null
                    ? Objects.requireNonNull(defaults.get(COMPONENTS[i].getName()))
                    : value(COMPONENTS[i], given);
        }
        try {
            Class<?>[] types = Arrays.stream(COMPONENTS).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return Limits.class.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// `request_bytes_max=64MiB ...`, in the record's order; what this prints, [#parse] reads.
    static String describe(Limits limits) {
        StringBuilder line = new StringBuilder("limits");
        Map<String, Object> values = limits.asMap();
        for (RecordComponent component : COMPONENTS) {
            line.append(' ').append(key(component)).append('=');
            Object value = values.get(component.getName());
            if (value instanceof Duration duration) {
                line.append(duration(duration));
            } else if (isBytes(component) && value instanceof Long bytes) {
                line.append(bytes(bytes));
            } else {
                line.append(value);
            }
        }
        return line.toString();
    }

    private static String key(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static boolean isBytes(RecordComponent component) {
        return component.getName().contains("Bytes");
    }

    private static Object value(RecordComponent component, Node node) throws InvalidConfigException {
        String text = ConfigFile.text(node);
        boolean duration = component.getType() == Duration.class;
        boolean bytes = isBytes(component);
        Long amount = amount(text, duration ? NANOS : bytes ? BYTES : Map.of("", 1L));
        boolean fits = amount != null && amount > 0
                && (component.getType() != int.class || amount <= Integer.MAX_VALUE);
        if (!fits || amount == null) {
            String wanted = duration
                    ? "a duration such as 50ms, 10s or 2m"
                    : bytes ? "a size such as 512KiB, 64MiB or 2GiB" : "a whole number above 0";
            throw new InvalidConfigException(ConfigFile.line(node),
                    "`" + key(component) + "` is " + wanted + ", not `" + text + "`");
        }
        if (component.getName().equals("requestBytesMax") && amount > DataPlaneOptions.REQUEST_BYTES_MAX) {
            throw new InvalidConfigException(ConfigFile.line(node), "`" + key(component)
                    + "` is less than 2GiB, at most " + DataPlaneOptions.REQUEST_BYTES_MAX + "B, not `" + text
                    + "`");
        }
        if (duration) {
            return Duration.ofNanos(amount);
        }
        return component.getType() == int.class ? (Object) amount.intValue() : amount;
    }

    /// The quantity in base units, null when the text is not one, not whole or too large.
    static @Nullable Long amount(String text, Map<String, Long> units) {
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        Long unit = units.get(matcher.group(2));
        if (unit == null) {
            return null;
        }
        try {
            return new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).longValueExact();
        } catch (ArithmeticException _) {
            return null;
        }
    }

    private static String bytes(long bytes) {
        for (String unit : List.of("TiB", "GiB", "MiB", "KiB")) {
            long size = BYTES.getOrDefault(unit, 1L);
            if (bytes >= size && bytes % size == 0) {
                return bytes / size + unit;
            }
        }
        return bytes + "B";
    }

    private static String duration(Duration duration) {
        long nanos = duration.toNanos();
        for (String unit : List.of("h", "m", "s", "ms")) {
            long size = NANOS.getOrDefault(unit, 1L);
            if (nanos >= size && nanos % size == 0) {
                return nanos / size + unit;
            }
        }
        return nanos / 1_000 + "us";
    }
}
