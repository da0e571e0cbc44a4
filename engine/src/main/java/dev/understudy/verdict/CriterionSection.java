package dev.understudy.verdict;

import dev.understudy.diff.Comparators;
import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.verdict.Criterion.MemoryCap;
import dev.understudy.verdict.Criterion.MemoryGrowth;
import dev.understudy.verdict.Criterion.Rate;
import dev.understudy.verdict.Criterion.Ratio;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the criteria of one `promote_when`, one after the other. Not thread-safe; lives for one declaration.
final class CriterionSection {
    private static final String NAMES = "agreement, extra_disagreement, errors, extra_errors, latency_p50 (or p90, p99,"
            + " p99.9), typical_latency, device_time_p50, accuracy, accuracy_gain, log_loss, log_loss_gain,"
            + " absolute_error, absolute_error_gain, squared_error, squared_error_gain, memory_growth, memory";
    private static final Pattern QUANTILE = Pattern.compile("(latency|device_time)_p([0-9]{1,2}(?:\\.[0-9]{1,4})?)");
    private static final Pattern LOSS = Pattern.compile("(log_loss|absolute_error|squared_error)(_gain)?");

    private final Set<Family> correctForBursts;
    /// Comparators of the criteria's own, by how they are written.
    private final Map<String, Comparators> rules = new LinkedHashMap<>();

    CriterionSection(Set<Family> correctForBursts) {
        this.correctForBursts = correctForBursts;
    }

    /// The comparators that the criteria read so far declare for themselves.
    List<Comparators> rules() {
        return List.copyOf(rules.values());
    }

    /// Reads one item, a criterion's name with its settings.
    Criterion criterion(ConfigNode item) throws InvalidConfigException {
        if (!(item instanceof ConfigNode.Mapping mapping) || mapping.entries().size() != 1) {
            throw new InvalidConfigException(item.line(),
                    "an item of promote_when must be one criterion with its limit,"
                            + " such as agreement: {at_least: 95%}; the criteria are " + NAMES);
        }
        Map.Entry<String, ConfigNode> only = mapping.entries().entrySet().iterator().next();
        String name = only.getKey();
        ConfigNode node = only.getValue();
        Matcher quantile = QUANTILE.matcher(name);
        if (quantile.matches()) {
            return quantile(name, quantile.group(1).equals("device_time"), quantile.group(2), node);
        }
        Matcher loss = LOSS.matcher(name);
        if (loss.matches()) {
            return loss(name, LabelMeasure.valueOf(loss.group(1).toUpperCase(Locale.ROOT)), loss.group(2) != null,
                    node);
        }
        return switch (name) {
            case "agreement" -> agreement(name, Reading.SHARE, node);
            case "extra_disagreement" -> agreement(name, Reading.EXTRA, node);
            case "errors" -> plain(name, Family.ERRORS, new Question.Answers(), Reading.SHARE_OF_BAD, node);
            case "extra_errors" -> plain(name, Family.ERRORS, new Question.ExtraErrors(), Reading.EXTRA, node);
            case "accuracy" -> plain(name, Family.LABELS, new LabelQuestion.Accuracy(), Reading.SHARE, node);
            case "accuracy_gain" -> plain(name, Family.LABELS, new LabelQuestion.AccuracyGain(), Reading.GAIN, node);
            case "typical_latency" -> typicalLatency(name, node);
            case "memory_growth" -> memoryGrowth(name, node);
            case "memory" -> memory(name, node);
            default -> throw new InvalidConfigException(node.line(),
                    "unknown criterion " + name + "; the criteria are " + NAMES);
        };
    }

    private Rate plain(String name, Family family, Question question, Reading reading, ConfigNode node)
            throws InvalidConfigException {
        return new RateSection(name, reading, node, List.of()).rate(family, question, bursts(family), Map.of());
    }

    private boolean bursts(Family family) {
        return correctForBursts.contains(family);
    }

    private Rate agreement(String name, Reading reading, ConfigNode node) throws InvalidConfigException {
        RateSection section = new RateSection(name, reading, node, List.of("output", "agree_means"));
        Map<String, String> extra = new LinkedHashMap<>();
        ConfigNode.Scalar named = section.settings().scalar("output");
        if (named != null && named.text().equals(Question.ONLY_OUTPUT)) {
            throw Quantity.refused(named, name + ".output", "write the output's name");
        }
        String output = named == null ? null : named.text();
        if (output != null) {
            extra.put("output", RuleText.quoted(output));
        }
        int rule = 0;
        ConfigNode means = section.settings().node("agree_means");
        if (means != null) {
            boolean byOutput = output == null && means instanceof ConfigNode.Mapping(var entries, int _)
                    && !entries.containsKey("rule");
            Comparators comparators = comparators(name, output, byOutput, means);
            String whole = RuleText.of(comparators);
            extra.put("agree_means",
                    byOutput ? whole : RuleText.of(comparators.rules().sequencedValues().getFirst()));
            output = output == null && !byOutput ? Question.ONLY_OUTPUT : output;
            rules.putIfAbsent(whole, comparators);
            rule = 1 + List.copyOf(rules.keySet()).indexOf(whole);
        }
        Question question = reading.equals(Reading.EXTRA)
                ? new Question.ExtraDisagreement(output, rule)
                : new Question.Agreement(output, rule);
        return section.rate(Family.AGREEMENT, question, bursts(Family.AGREEMENT), extra);
    }

    /// @param byOutput the rules stand by output, instead of one rule for the named or only output
    private static Comparators comparators(String name, @Nullable String output, boolean byOutput, ConfigNode means)
            throws InvalidConfigException {
        Comparators comparators = byOutput
                ? Comparators.parse(means)
                : output == null
                        ? Comparators.ofOnlyOutput(means)
                        : Comparators.parse(new ConfigNode.Mapping(Map.of(output, means), means.line()));
        if (!comparators.automatic().isEmpty()) {
            throw new InvalidConfigException(means.line(), name + ".agree_means cannot have tolerance: auto, which only"
                    + " comparators can; write it there, or write atol and rtol here");
        }
        return comparators;
    }

    private Criterion quantile(String name, boolean deviceTime, String percent, ConfigNode node)
            throws InvalidConfigException {
        String right = "write a duration such as 100ms" + (deviceTime ? "" : " or a ratio such as 1.10x champion");
        double quantile = new BigDecimal(percent).movePointLeft(2).doubleValue();
        if (!(quantile > 0)) {
            throw new InvalidConfigException(node.line(), name + " is no quantile; write latency_p50 or latency_p99.9");
        }
        LimitSection section = new LimitSection(name, "at_most", node, List.of("segment"));
        ConfigNode.Scalar limit = section.limit(right);
        String key = name + ".at_most";
        if (!deviceTime && Quantity.isTimesChampion(limit)) {
            double ratio = ratio(limit, key);
            if (section.segment() != null) {
                throw new InvalidConfigException(limit.line(),
                        "a ratio of quantiles is kept for all requests only; leave out segment, or use typical_latency");
            }
            return new Ratio(section.text(Quantity.timesChampion(ratio), Map.of()), quantile, ratio,
                    bursts(Family.LATENCY), section.overMinutes());
        }
        long nanos = Quantity.nanos(limit, key, right);
        if (nanos == 0) {
            throw Quantity.refused(limit, key, right);
        }
        Family family = deviceTime ? Family.DEVICE_TIME : Family.LATENCY;
        Question question = deviceTime ? new Question.DeviceTimeWithin(nanos) : new Question.LatencyWithin(nanos);
        return new Rate(section.text(Quantity.nanos(nanos), Map.of()), family, question, Reading.SHARE, quantile,
                quantile, quantile, bursts(family), section.overMinutes(), section.segment());
    }

    private Rate typicalLatency(String name, ConfigNode node) throws InvalidConfigException {
        LimitSection section = new LimitSection(name, "at_most", node, List.of("segment"));
        double ratio = ratio(section.limit("write a ratio such as 1.10x champion"), name + ".at_most");
        return new Rate(section.text(Quantity.timesChampion(ratio), Map.of()), Family.LATENCY,
                new Question.TypicalLatency(ratio), Reading.SHARE, 0.5, 0.5, 0.5, bursts(Family.LATENCY),
                section.overMinutes(), section.segment());
    }

    private static double ratio(ConfigNode.Scalar limit, String key) throws InvalidConfigException {
        double ratio = Quantity.timesChampion(limit, key, "write a ratio such as 1.10x champion");
        if (!(ratio > 0)) {
            throw Quantity.refused(limit, key, "write a ratio above 0, such as 1.10x champion");
        }
        return ratio;
    }

    private Rate loss(String name, LabelMeasure measure, boolean gain, ConfigNode node) throws InvalidConfigException {
        Settings settings = Settings.of(name, node, RateSection.keys(gain, List.of("clip")));
        String right = "write the loss that counts as the worst, such as 5: it must be fixed before the evidence comes in";
        ConfigNode.Scalar value = settings.scalar("clip");
        if (value == null) {
            throw new InvalidConfigException(node.line(), name + " needs clip; " + right);
        }
        double clip = Quantity.number(value, name + ".clip", right);
        if (!(clip > 0)) {
            throw Quantity.refused(value, name + ".clip", right);
        }
        Question question = gain ? new LabelQuestion.LossGain(measure, clip) : new LabelQuestion.Loss(measure, clip);
        Reading reading = gain ? Reading.lossGain(clip) : Reading.loss(clip);
        return new RateSection(name, reading, node, List.of("clip")).rate(Family.LABELS, question,
                bursts(Family.LABELS), Map.of("clip", Quantity.number(clip)));
    }

    private static MemoryGrowth memoryGrowth(String name, ConfigNode node) throws InvalidConfigException {
        LimitSection section = new LimitSection(name, "at_most", node, List.of());
        String right = "write a growth such as 1MB/h";
        ConfigNode.Scalar limit = section.limit(right);
        long bytesPerHour = Quantity.bytesPerHour(limit, name + ".at_most", right);
        if (bytesPerHour == 0) {
            throw Quantity.refused(limit, name + ".at_most", "no growth at all cannot be shown; " + right);
        }
        ConfigNode over = section.settings().node("over");
        if (section.overMinutes() < MemoryVotes.SHORTEST_MINUTES) {
            throw new InvalidConfigException(over == null ? node.line() : over.line(), name
                    + " needs over: at least 9h, such as 72h: growth is judged in 18 windows of at least 30 minutes");
        }
        double smallest = MemoryVotes.smallestTestable(section.overMinutes(), MemoryVotes.USUAL_NOISE_BYTES);
        if (bytesPerHour < smallest) {
            throw Quantity.refused(limit, name + ".at_most",
                    "a period of " + Quantity.nanos(section.overMinutes() * Quantity.NANOS_A_MINUTE)
                            + " cannot tell growths below about " + Quantity.megabytesPerHour(smallest)
                            + " from the usual noise; allow more, or watch longer");
        }
        return new MemoryGrowth(section.text(Quantity.bytesPerHour(bytesPerHour), Map.of()), bytesPerHour,
                section.overMinutes());
    }

    private static MemoryCap memory(String name, ConfigNode node) throws InvalidConfigException {
        LimitSection section = new LimitSection(name, "at_most", node, List.of());
        String right = "write an amount of memory such as 2GiB";
        ConfigNode.Scalar limit = section.limit(right);
        long bytes = Quantity.bytes(limit, name + ".at_most", right);
        if (bytes == 0) {
            throw Quantity.refused(limit, name + ".at_most", right);
        }
        return new MemoryCap(section.text(Quantity.bytes(bytes), Map.of()), bytes, section.overMinutes());
    }
}
