package dev.understudy.verdict;

import dev.understudy.diff.Comparators;
import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a challenger must show to be promoted, declared before the evidence comes in. Immutable; equal when their text is.
///
/// @param text               the whole declaration in YAML, always written the same way, which [#parse(String)] reads back;
///                           empty when nothing was declared
/// @param criteria           `promote_when`: all of them must hold
/// @param falsePromote       largest chance that a challenger which misses some limit is ever promoted, 0..0.5
/// @param falseReject        largest chance that a challenger which keeps all limits is ever rejected, 0..0.5
/// @param watchAtLeast       no promotion before this much time was watched
/// @param minSamples         no promotion before so many requests were compared
/// @param minLabels          no promotion before so many labels came in
/// @param minCoverage        no promotion while a smaller share of the sampled requests was run, 0..1
/// @param giveUpAfter        when an evaluation that is still undecided ends
/// @param giveUpAs           what it then ends as
/// @param rerunChampion      share of the mirrored requests on which the champion is run again, 0..1
/// @param rerunChallenger    share of them on which the challenger is, 0..1
/// @param correctForBursts   families whose counts are corrected for bursts
/// @param mustNotFailInSegments families of which a segment that fails blocks promotion
/// @param rules              comparators that criteria declare for themselves by `agree_means`: an observation's differences
///                           are by the model's own and then by these
public record Criteria(String text, List<Criterion> criteria, double falsePromote, double falseReject,
        Duration watchAtLeast, long minSamples, long minLabels, double minCoverage, Duration giveUpAfter,
        Decision giveUpAs, double rerunChampion, double rerunChallenger, Set<Family> correctForBursts,
        Set<Family> mustNotFailInSegments, List<Comparators> rules) {
    /// Grows when the same declaration, or a default, comes to judge otherwise than it did.
    private static final int MEANING = 1;
    private static final int FINGERPRINT_BYTES = 8;

    public Criteria {
        criteria = List.copyOf(criteria);
        correctForBursts = Set.copyOf(correctForBursts);
        mustNotFailInSegments = Set.copyOf(mustNotFailInSegments);
        rules = List.copyOf(rules);
    }

    /// The criteria of the `criteria` section of `model.yaml`. Without one, questions are asked whose evidence anybody would
    /// want to see, and the decision is never more than [Decision#WATCH]: nobody said what a better model is.
    ///
    /// @throws InvalidConfigException for an unknown key or an impossible value, with its line and what would be right
    public static Criteria parse(@Nullable ConfigNode section) throws InvalidConfigException {
        return CriteriaSection.parse(section);
    }

    /// The criteria of a text: the content of the section alone, in YAML or JSON. Empty text is no criteria.
    ///
    /// @throws InvalidConfigException as for a section, with lines counted from the text's first
    public static Criteria parse(String text) throws InvalidConfigException {
        return parse(ConfigNode.parse(text));
    }

    /// The outputs that criteria name. One that the model does not have would be waited for in vain.
    public Set<String> outputs() {
        Set<String> outputs = new TreeSet<>();
        for (Criterion criterion : criteria) {
            if (criterion instanceof Criterion.Rate rate && rate.question().output() != null
                    && !rate.question().output().equals(Question.ONLY_OUTPUT)) {
                outputs.add(rate.question().output());
            }
        }
        return outputs;
    }

    /// Whether some criterion is about the challenger's latency by itself, which only probes tell.
    public boolean asksForProbes() {
        return criteria.stream().anyMatch(
                criterion -> criterion instanceof Criterion.Rate rate
                        && rate.question() instanceof Question.LatencyWithin);
    }

    /// Whether some criterion is about memory, of which samples must be taken.
    public boolean asksForMemory() {
        return criteria.stream().anyMatch(criterion -> criterion.family() == Family.MEMORY);
    }

    /// False when nothing was declared, so that nothing can be decided.
    public boolean declared() {
        return !text.isEmpty();
    }

    /// Tells these criteria from others, 16 hex digits. Evidence belongs to it: other criteria begin a new evaluation.
    public String fingerprint() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(("criteria " + MEANING + "\n" + text).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// What evidence is always kept on, whatever is declared: whether the two agree and answer, their own noise, and
    /// what the champion took for requests that were compared and for those that were shed. Nothing is decided by it.
    static List<Criterion> background() {
        return Background.CRITERIA;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Criteria criteria && text.equals(criteria.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
