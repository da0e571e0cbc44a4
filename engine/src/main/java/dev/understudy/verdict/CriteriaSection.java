package dev.understudy.verdict;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads the `criteria` section of `model.yaml`. Not thread-safe; lives for one declaration.
final class CriteriaSection {
    private static final String NAME = "criteria";
    private static final List<String> KEYS = List.of("promote_when", "false_promote", "false_reject",
            "watch_at_least", "min_samples", "min_labels", "min_coverage", "give_up_after", "give_up_as", "noise_floor",
            "correct_for_bursts", "segments");
    /// What is asked where nothing is declared. The longest wait, since nothing can come of it.
    private static final String UNDECLARED = """
            promote_when:
            - agreement: {at_least: 95%}
            - extra_disagreement: {at_most: 5 points}
            - errors: {at_most: 1%}
            """;

    /// Each costs a little on every comparison and a row a minute and segment.
    static final int CRITERIA_MAX = 32;

    private final Settings settings;

    private CriteriaSection(Settings settings) {
        this.settings = settings;
    }

    static Criteria parse(@Nullable ConfigNode section) throws InvalidConfigException {
        if (section == null || (section instanceof ConfigNode.Scalar(String text, int _) && text.isEmpty())) {
            ConfigNode questions = ConfigNode.parse(UNDECLARED);
            if (questions == null) {
                throw new IllegalStateException("the default questions are empty");
            }
            return new CriteriaSection(Settings.of(NAME, questions, KEYS)).criteria(false);
        }
        return new CriteriaSection(Settings.of(NAME, section, KEYS)).criteria(true);
    }

    private Criteria criteria(boolean declared) throws InvalidConfigException {
        Set<Family> bursts = families("correct_for_bursts", settings.node("correct_for_bursts"),
                EnumSet.of(Family.LATENCY, Family.ERRORS));
        if (bursts.contains(Family.MEMORY)) {
            throw new InvalidConfigException(settings.line(),
                    "criteria.correct_for_bursts cannot hold memory, whose votes are not requests");
        }
        CriterionSection reader = new CriterionSection(bursts);
        List<Criterion> criteria = promoteWhen(reader);
        int watch = minutes("watch_at_least", 24 * 60, 0);
        int giveUp = minutes("give_up_after", 14 * 24 * 60, 1);
        for (Criterion criterion : criteria) {
            if (criterion.overMinutes() > giveUp) {
                throw new InvalidConfigException(settings.line(), "give_up_after is " + hours(giveUp)
                        + ", before " + criterion.key() + " could pass; write a longer time than that");
            }
        }
        if (watch > giveUp) {
            throw new InvalidConfigException(settings.line(), "give_up_after is " + hours(giveUp)
                    + ", before watch_at_least, which is " + hours(watch) + "; write a longer time than that");
        }
        long labels = count("min_labels", 0);
        if (labels > 0 && criteria.stream().noneMatch(criterion -> criterion.family() == Family.LABELS)) {
            throw new InvalidConfigException(settings.line(),
                    "min_labels waits for labels that no criterion asks for; add one such as accuracy_gain, or leave it out");
        }
        Settings noise = section("noise_floor", List.of("rerun_champion", "rerun_challenger"));
        Criteria read = new Criteria("", criteria, chance("false_promote"), chance("false_reject"),
                Duration.ofMinutes(watch), count("min_samples", 100), labels,
                share(settings, "min_coverage", 0.9), Duration.ofMinutes(giveUp), giveUpAs(),
                share(noise, "rerun_champion", 0.05), share(noise, "rerun_challenger", 0.01), bursts,
                families("segments.must_not_fail", section("segments", List.of("must_not_fail")).node("must_not_fail"),
                        EnumSet.of(Family.AGREEMENT, Family.ERRORS, Family.LABELS)),
                reader.rules());
        return declared ? CriteriaText.with(read) : read;
    }

    private List<Criterion> promoteWhen(CriterionSection reader) throws InvalidConfigException {
        ConfigNode node = settings.node("promote_when");
        if (!(node instanceof ConfigNode.Sequence(List<ConfigNode> items, int line)) || items.isEmpty()) {
            throw new InvalidConfigException(node == null ? settings.line() : node.line(),
                    "criteria needs promote_when, a list such as [agreement: {at_least: 95%}, errors: {at_most: 0.1%}]");
        }
        if (items.size() > CRITERIA_MAX) {
            throw new InvalidConfigException(line,
                    "promote_when holds more than " + CRITERIA_MAX + " criteria; drop some");
        }
        List<Criterion> criteria = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        for (ConfigNode item : items) {
            Criterion criterion = reader.criterion(item);
            if (!keys.add(criterion.key())) {
                throw new InvalidConfigException(item.line(), criterion.key() + " is declared twice; drop one");
            }
            criteria.add(criterion);
        }
        return criteria;
    }

    private Settings section(String key, List<String> keys) throws InvalidConfigException {
        ConfigNode node = settings.node(key);
        return node == null
                ? new Settings(NAME + "." + key, Map.of(), settings.line())
                : Settings.of(NAME + "." + key, node, keys);
    }

    private double chance(String key) throws InvalidConfigException {
        ConfigNode.Scalar value = settings.scalar(key);
        if (value == null) {
            return 0.05;
        }
        String right = "write a chance from 0.001% to 50%, such as 5%";
        double chance = Quantity.percent(value, NAME + "." + key, right);
        if (!(chance >= 1e-5 && chance <= 0.5)) {
            throw Quantity.refused(value, NAME + "." + key, right);
        }
        return chance;
    }

    private static double share(Settings settings, String key, double otherwise) throws InvalidConfigException {
        ConfigNode.Scalar value = settings.scalar(key);
        if (value == null) {
            return otherwise;
        }
        String right = "write a share from 0% to 100%, such as 90%";
        double share = Quantity.percent(value, settings.name() + "." + key, right);
        if (!(share >= 0 && share <= 1)) {
            throw Quantity.refused(value, settings.name() + "." + key, right);
        }
        return share;
    }

    private long count(String key, long otherwise) throws InvalidConfigException {
        ConfigNode.Scalar value = settings.scalar(key);
        if (value == null) {
            return otherwise;
        }
        String right = "write a whole number from 0 to 1000000000, such as 1000";
        double count = Quantity.number(value, NAME + "." + key, right);
        if (!(count >= 0 && count <= 1e9) || count != Math.rint(count)) {
            throw Quantity.refused(value, NAME + "." + key, right);
        }
        return (long) count;
    }

    private int minutes(String key, int otherwise, int min) throws InvalidConfigException {
        ConfigNode.Scalar value = settings.scalar(key);
        return value == null ? otherwise : LimitSection.minutes(value, NAME + "." + key, min);
    }

    private Decision giveUpAs() throws InvalidConfigException {
        ConfigNode.Scalar value = settings.scalar("give_up_as");
        if (value == null || value.text().equals(Decision.NOT_ENOUGH_EVIDENCE.label())) {
            return Decision.NOT_ENOUGH_EVIDENCE;
        }
        if (!value.text().equals(Decision.REJECT.label())) {
            throw Quantity.refused(value, NAME + ".give_up_as", "write not_enough_evidence or reject");
        }
        return Decision.REJECT;
    }

    private static Set<Family> families(String key, @Nullable ConfigNode node, Set<Family> otherwise)
            throws InvalidConfigException {
        if (node == null) {
            return otherwise;
        }
        String known = EnumSet.allOf(Family.class).stream().map(Family::label).collect(Collectors.joining(", "));
        String right = NAME + "." + key + " must be a list among " + known + ", or [] for none";
        if (!(node instanceof ConfigNode.Sequence(List<ConfigNode> items, int _))) {
            throw new InvalidConfigException(node.line(), right);
        }
        Set<Family> families = EnumSet.noneOf(Family.class);
        for (ConfigNode item : items) {
            String name = item instanceof ConfigNode.Scalar(String text, int _) ? text : "";
            Family family = EnumSet.allOf(Family.class).stream().filter(each -> each.label().equals(name)).findFirst()
                    .orElseThrow(() -> new InvalidConfigException(item.line(), right));
            families.add(family);
        }
        return families;
    }

    private static String hours(int minutes) {
        return Quantity.nanos(minutes * Quantity.NANOS_A_MINUTE);
    }
}
