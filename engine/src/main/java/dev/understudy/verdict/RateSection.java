package dev.understudy.verdict;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A criterion whose limit is on a mean: its limit, and where it only fails beyond an indifference zone. Immutable.
final class RateSection {
    /// No number of requests that anyone will see can show less than one bad in ten million.
    private static final double MEAN_MIN = 1e-7;

    private final String name;
    private final Reading reading;
    private final LimitSection section;

    RateSection(String name, Reading reading, ConfigNode node, List<String> more) throws InvalidConfigException {
        this.name = name;
        this.reading = reading;
        List<String> keys = new ArrayList<>(List.of("segment", zoneKey(reading.atLeast())));
        keys.addAll(more);
        section = new LimitSection(name, limitKey(reading.atLeast()), node, keys);
    }

    private static String limitKey(boolean atLeast) {
        return atLeast ? "at_least" : "at_most";
    }

    private static String zoneKey(boolean atLeast) {
        return atLeast ? "fails_below" : "fails_above";
    }

    /// All keys of such a criterion.
    static List<String> keys(boolean atLeast, List<String> more) {
        List<String> keys = new ArrayList<>(List.of(limitKey(atLeast), "over", "segment", zoneKey(atLeast)));
        keys.addAll(more);
        return keys;
    }

    Settings settings() {
        return section.settings();
    }

    /// @param more further keys and their texts, in a fixed order
    Criterion.Rate rate(Family family, Question question, boolean bursts, Map<String, String> more)
            throws InvalidConfigException {
        boolean atLeast = reading.atLeast();
        ConfigNode.Scalar limit = section.limit(right());
        double declared = declared(limit, limitKey(atLeast));
        Map<String, String> texts = new LinkedHashMap<>(more);
        double failMean = reading.mean(declared);
        ConfigNode.Scalar zone = settings().scalar(zoneKey(atLeast));
        if (zone != null) {
            double fails = declared(zone, zoneKey(atLeast));
            failMean = reading.mean(fails);
            if (!(failMean < reading.mean(declared))) {
                throw Quantity.refused(zone, name + "." + zoneKey(atLeast),
                        "write a worse value than " + limitKey(atLeast) + ", which is " + limit.text());
            }
            texts.put(zoneKey(atLeast), written(fails));
        }
        return new Criterion.Rate(section.text(written(declared), texts), family, question, reading,
                declared, reading.mean(declared), failMean, bursts, section.overMinutes(), section.segment());
    }

    private double declared(ConfigNode.Scalar value, String key) throws InvalidConfigException {
        String full = name + "." + key;
        double declared = switch (reading.unit()) {
            case PERCENT -> Quantity.percent(value, full, right());
            case POINTS -> Quantity.points(value, full, right());
            default -> Quantity.number(value, full, right());
        };
        double mean = reading.mean(declared);
        if (reading.unit() == Unit.PERCENT && (mean == 1 || mean == 0)) {
            throw Quantity.refused(value, full, "that cannot be shown by any number of requests; " + right());
        }
        if (reading.equals(Reading.EXTRA) && declared == 0) {
            throw Quantity.refused(value, full,
                    "a challenger exactly as good would stay undecided for ever; write what you can bear, such as 1 points");
        }
        if (!(mean >= MEAN_MIN && mean <= 1 - MEAN_MIN)) {
            throw Quantity.refused(value, full, "that is out of reach; " + right());
        }
        return declared;
    }

    private String right() {
        return switch (reading.unit()) {
            case PERCENT -> "write a share such as " + (reading.atLeast() ? "99.9%" : "0.1%");
            case POINTS -> "write percentage points such as 5 points";
            default -> "write a number such as 0.1, within what clip allows";
        };
    }

    private String written(double declared) {
        return switch (reading.unit()) {
            case PERCENT -> Quantity.percent(declared);
            case POINTS -> Quantity.points(declared);
            default -> Quantity.number(declared);
        };
    }
}
