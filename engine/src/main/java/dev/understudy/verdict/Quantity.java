package dev.understudy.verdict;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.DurationText;
import dev.understudy.model.InvalidConfigException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads quantities as the declaration writes them, number and unit, and writes them so that they read back the same.
/// Stateless.
final class Quantity {
    static final long NANOS_A_MINUTE = 60_000_000_000L;
    private static final Pattern FORM = Pattern
            .compile("\\s*([-+]?[0-9]{1,15}(?:\\.[0-9]{1,15})?)\\s*([^0-9\\s](?:.*\\S)?)?\\s*");
    private static final Map<String, Long> NANOS = new LinkedHashMap<>();
    private static final Map<String, Long> BYTES = new LinkedHashMap<>();

    static {
        NANOS.put("d", 86_400_000_000_000L);
        NANOS.put("h", 3_600_000_000_000L);
        NANOS.put("min", NANOS_A_MINUTE);
        NANOS.put("s", 1_000_000_000L);
        NANOS.put("ms", 1_000_000L);
        NANOS.put("us", 1_000L);
        NANOS.put("ns", 1L);
        BYTES.put("GiB", 1L << 30);
        BYTES.put("GB", 1_000_000_000L);
        BYTES.put("MiB", 1L << 20);
        BYTES.put("MB", 1_000_000L);
        BYTES.put("KiB", 1L << 10);
        BYTES.put("kB", 1_000L);
        BYTES.put("B", 1L);
    }

    private Quantity() {}

    private record Parts(BigDecimal number, String unit) {}

    private static Parts parts(ConfigNode.Scalar value, String key, String right) throws InvalidConfigException {
        Matcher matcher = FORM.matcher(value.text());
        if (!matcher.matches()) {
            throw refused(value, key, right);
        }
        return new Parts(new BigDecimal(matcher.group(1)), matcher.group(2) == null ? "" : matcher.group(2));
    }

    static InvalidConfigException refused(ConfigNode.Scalar value, String key, String right) {
        return new InvalidConfigException(value.line(),
                key + " is " + (value.text().isEmpty() ? "empty" : value.text()) + "; " + right);
    }

    /// A share, `95%`, as 0.95.
    static double percent(ConfigNode.Scalar value, String key, String right) throws InvalidConfigException {
        Parts parts = parts(value, key, right);
        if (!parts.unit().equals("%")) {
            throw refused(value, key, right);
        }
        return parts.number().movePointLeft(2).doubleValue();
    }

    /// Percentage points, `5 points`, as 0.05.
    static double points(ConfigNode.Scalar value, String key, String right) throws InvalidConfigException {
        Parts parts = parts(value, key, right);
        if (!parts.unit().equals("points") && !parts.unit().equals("point")) {
            throw refused(value, key, right);
        }
        return parts.number().movePointLeft(2).doubleValue();
    }

    /// A number without a unit.
    static double number(ConfigNode.Scalar value, String key, String right) throws InvalidConfigException {
        Parts parts = parts(value, key, right);
        if (!parts.unit().isEmpty()) {
            throw refused(value, key, right);
        }
        return parts.number().doubleValue();
    }

    /// A duration, `100ms` or `48h`; a plain 0 needs no unit.
    static long nanos(ConfigNode.Scalar value, String key, String right) throws InvalidConfigException {
        return DurationText.nanos(value.text()).orElseThrow(() -> refused(value, key, right));
    }

    /// An amount of memory, `2GiB`.
    static long bytes(ConfigNode.Scalar value, String key, String right) throws InvalidConfigException {
        Parts parts = parts(value, key, right);
        return whole(BYTES.get(parts.unit()), parts, value, key, right);
    }

    /// A growth, `1MB/h` or `1 MB per hour`, in bytes an hour.
    static long bytesPerHour(ConfigNode.Scalar value, String key, String right) throws InvalidConfigException {
        Parts parts = parts(value, key, right);
        Matcher rate = Pattern.compile("(\\w+)\\s*(?:/\\s*h|per hour)").matcher(parts.unit());
        return whole(rate.matches() ? BYTES.get(rate.group(1)) : null, parts, value, key, right);
    }

    /// A multiple of the champion's, `1.10x champion`.
    static double timesChampion(ConfigNode.Scalar value, String key, String right) throws InvalidConfigException {
        Parts parts = parts(value, key, right);
        if (!parts.unit().matches("x\\s*champion")) {
            throw refused(value, key, right);
        }
        return parts.number().doubleValue();
    }

    static boolean isTimesChampion(ConfigNode.Scalar value) {
        return value.text().toLowerCase(Locale.ROOT).contains("champion");
    }

    private static long whole(@Nullable Long unit, Parts parts, ConfigNode.Scalar value,
            String key, String right) throws InvalidConfigException {
        if (unit == null || parts.number().signum() < 0) {
            throw refused(value, key, right);
        }
        BigDecimal whole = parts.number().multiply(BigDecimal.valueOf(unit)).setScale(0, RoundingMode.HALF_UP);
        if (whole.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw refused(value, key, right);
        }
        return whole.longValue();
    }

    static String percent(double share) {
        return plain(new BigDecimal(Double.toString(share)).movePointRight(2)) + "%";
    }

    static String points(double share) {
        return plain(new BigDecimal(Double.toString(share)).movePointRight(2)) + " points";
    }

    static String number(double value) {
        return plain(new BigDecimal(Double.toString(value)));
    }

    static String timesChampion(double ratio) {
        return number(ratio) + "x champion";
    }

    static String nanos(long nanos) {
        return nanos == 0 ? "0" : inLargest(nanos, NANOS);
    }

    static String bytes(long bytes) {
        return inLargest(bytes, BYTES);
    }

    static String bytesPerHour(long bytes) {
        return bytes(bytes) + "/h";
    }

    static String megabytesPerHour(double bytesPerHour) {
        return String.format(Locale.ROOT, "%.1f MB/h", bytesPerHour / 1e6);
    }

    private static String inLargest(long amount, Map<String, Long> units) {
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            if (amount % unit.getValue() == 0 && amount != 0) {
                return amount / unit.getValue() + unit.getKey();
            }
        }
        throw new IllegalArgumentException("no unit divides " + amount);
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
