package dev.understudy.engine;

import dev.understudy.champion.ChampionLine;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.shadow.Governor;
import dev.understudy.shadow.PairEvaluation;
import dev.understudy.shadow.ProbeLine;
import dev.understudy.shadow.RerunPlan;
import dev.understudy.shadow.SessionBudget;
import dev.understudy.shadow.ShadowLimits;
import dev.understudy.verdict.Criteria;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is seen of a challenger beyond its comparisons: second runs and latency probes. Both want one more session, which the
/// memory for it may refuse; then the challenger shadows without. Immutable.
record ExtraLooks(Governor governor, SessionBudget sessions, Consumer<LogEvent> log) {
    /// Which requests are run again.
    RerunPlan reruns(HostedModel model, ChampionLine champion, PairEvaluation evaluation, ModelVersion version) {
        Criteria criteria = evaluation.terms().criteria();
        return new RerunPlan(champion.version(), criteria.rerunChampion(), criteria.rerunChallenger(),
                evaluation.reruns(), sessions, sentence -> warn(model, version, sentence));
    }

    /// The latency probes; null when no criterion asks for them, or when they cannot be had.
    @Nullable
    ProbeLine probes(HostedModel model, PairEvaluation evaluation, ModelVersion version, ShadowLimits limits) {
        if (!evaluation.terms().criteria().asksForProbes()) {
            return null;
        }
        try {
            return new ProbeLine(governor, version, model.config(), limits, evaluation.probes(), sessions,
                    evaluation::probed);
        } catch (ModelLoadException e) {
            warn(model, version, "there are no latency probes, so limits on its latency stay undecided: " + e.reason());
            return null;
        }
    }

    private void warn(HostedModel model, ModelVersion version, String sentence) {
        log.accept(new LogEvent(Level.WARN, model.name(), "version " + version.version() + ": " + sentence));
    }
}
