package dev.understudy.shadow;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The `sampling` section of `model.yaml`: `{rate: 0.25}`. Immutable.
///
/// @param rate share of the champion's requests that is mirrored, 0..1
public record SamplingSection(double rate) {
    private static final SamplingSection DEFAULT = new SamplingSection(1);

    /// Reads the section; absent means everything is mirrored.
    ///
    /// @throws InvalidConfigException for an unknown key or a rate outside 0..1, with its line
    public static SamplingSection parse(@Nullable ConfigNode section) throws InvalidConfigException {
        if (section == null) {
            return DEFAULT;
        }
        if (!(section instanceof ConfigNode.Mapping mapping)) {
            throw new InvalidConfigException(section.line(), "sampling must be a mapping such as {rate: 0.25}");
        }
        double rate = DEFAULT.rate();
        for (Map.Entry<String, ConfigNode> entry : mapping.entries().entrySet()) {
            if (!entry.getKey().equals("rate")) {
                throw new InvalidConfigException(entry.getValue().line(),
                        "unknown key 'sampling." + entry.getKey() + "'; known: rate");
            }
            rate = rate(entry.getValue());
        }
        return new SamplingSection(rate);
    }

    private static double rate(ConfigNode node) throws InvalidConfigException {
        double rate = Double.NaN;
        if (node instanceof ConfigNode.Scalar scalar) {
            try {
                rate = Double.parseDouble(scalar.text());
            } catch (NumberFormatException e) {
                rate = Double.NaN;
            }
        }
        if (!(rate >= 0 && rate <= 1)) {
            throw new InvalidConfigException(node.line(), "sampling.rate must be a number from 0 to 1");
        }
        return rate;
    }
}
