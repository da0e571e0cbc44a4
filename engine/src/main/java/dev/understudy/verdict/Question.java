package dev.understudy.verdict;

import dev.understudy.diff.Difference;
import dev.understudy.diff.OutputDifference;
import dev.understudy.verdict.Observation.Compared;
import dev.understudy.verdict.Observation.DeviceTime;
import dev.understudy.verdict.Observation.Failed;
import dev.understudy.verdict.Observation.ProbeCutShort;
import dev.understudy.verdict.Observation.Probed;
import dev.understudy.verdict.Observation.Repeated;
import dev.understudy.verdict.Observation.Rerun;
import dev.understudy.verdict.Observation.RerunCutShort;
import dev.understudy.verdict.Observation.Shed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is asked of each observation: a value between 0 (bad) and 1 (good), or nothing. Immutable.
sealed interface Question permits Question.Agreement, Question.ExtraDisagreement, Question.Noise, Question.Answers,
        Question.ExtraErrors, Question.LatencyWithin, Question.DeviceTimeWithin, Question.TypicalLatency,
        Question.ChampionTime, LabelQuestion {
    /// The observation says nothing about this question.
    int NONE = -1;
    /// A run was cut short: it stands against passing and is left out of failing.
    int LOST = -2;
    /// As an output's name: the only one there is. Of several, nothing is said.
    String ONLY_OUTPUT = "";

    /// What the values can be; most questions are answered by yes or no.
    default Support support() {
        return Support.YES_NO;
    }

    /// The one output asked about, or [#ONLY_OUTPUT]; null when it is about requests as a whole.
    default @Nullable String output() {
        return null;
    }

    /// Where in the support the answer stands, or [#NONE] or [#LOST]. Allocates nothing.
    int place(Observation observation);

    /// Does the challenger agree with the champion?
    ///
    /// @param output the one output asked about, null for the request as a whole
    /// @param rule   which of an observation's differences decides, 0 for the model's own comparators
    record Agreement(@Nullable String output, int rule) implements Question {
        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Compared compared -> agrees(compared.differences(), output, rule);
                case Failed failed when failed.championAnswered() -> cutShort(failed.challenger());
                default -> NONE;
            };
        }
    }

    /// Does the challenger differ where the champion, run again, does not?
    record ExtraDisagreement(@Nullable String output, int rule) implements Question {
        @Override
        public Support support() {
            return Support.PAIRED;
        }

        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Rerun rerun -> {
                    int challenger = rerun.challenger().isEmpty() ? 0 : agrees(rerun.challenger(), output, rule);
                    int champion = agrees(rerun.champion(), output, rule);
                    yield challenger == NONE || champion == NONE ? NONE : 1 + challenger - champion;
                }
                case RerunCutShort cut when agrees(cut.champion(), output, rule) != NONE -> LOST;
                default -> NONE;
            };
        }
    }

    /// Does a model, run again, give its own answer again?
    ///
    /// @param challenger asks of the challenger, else of the champion
    record Noise(boolean challenger) implements Question {
        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Rerun rerun when !challenger -> agrees(rerun.champion(), null, 0);
                case RerunCutShort cut when !challenger -> agrees(cut.champion(), null, 0);
                case Repeated repeated when challenger -> agrees(repeated.differences(), null, 0);
                default -> NONE;
            };
        }
    }

    /// Does the challenger answer?
    record Answers() implements Question {
        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Compared _ -> 1;
                case Failed failed -> cutShort(failed.challenger());
                default -> NONE;
            };
        }
    }

    /// Does the challenger fail where the champion answers?
    record ExtraErrors() implements Question {
        @Override
        public Support support() {
            return Support.PAIRED;
        }

        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Compared _ -> 1;
                case Failed failed -> {
                    int challenger = cutShort(failed.challenger());
                    yield challenger == LOST ? LOST : 1 + challenger - (failed.championAnswered() ? 1 : 0);
                }
                default -> NONE;
            };
        }
    }

    /// Is the challenger, alone in the champion's batch shape, within a limit?
    record LatencyWithin(long limitNanos) implements Question {
        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Probed probed -> within(probed.nanos(), limitNanos);
                case ProbeCutShort _ -> LOST;
                default -> NONE;
            };
        }
    }

    /// Does a request cost the device no more than a limit?
    record DeviceTimeWithin(long limitNanos) implements Question {
        @Override
        public int place(Observation observation) {
            return observation instanceof DeviceTime cost ? within(cost.nanos(), limitNanos) : NONE;
        }
    }

    /// Does the challenger take at most `ratio` times what the champion takes on the same request in the same lane?
    record TypicalLatency(double ratio) implements Question {
        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Rerun rerun when rerun.championNanos() >= 0 ->
                    rerun.challengerNanos() >= 0 && rerun.challengerNanos() <= ratio * rerun.championNanos() ? 1 : 0;
                case RerunCutShort cut when cut.championNanos() >= 0 -> LOST;
                default -> NONE;
            };
        }
    }

    /// How long did the champion take to serve the request? A score on a logarithmic scale, 0 for a microsecond or less and 1
    /// for an hour.
    ///
    /// @param shed asks of requests that were shed, else of compared ones
    record ChampionTime(boolean shed) implements Question {
        @Override
        public Support support() {
            return Support.SCORE;
        }

        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Compared compared when !shed -> RunTimeMinutes.bin(compared.championNanos());
                case Shed dropped when shed && dropped.championNanos() >= 0 ->
                    RunTimeMinutes.bin(dropped.championNanos());
                default -> NONE;
            };
        }
    }

    private static int agrees(List<Difference> differences, @Nullable String output, int rule) {
        if (rule >= differences.size()) {
            return NONE;
        }
        Difference difference = differences.get(rule);
        if (output == null) {
            return difference.agrees() ? 1 : 0;
        }
        List<OutputDifference> outputs = difference.outputs();
        if (output.equals(ONLY_OUTPUT)) {
            return outputs.size() != 1 ? NONE : outputs.getFirst().agrees() ? 1 : 0;
        }
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).output().equals(output)) {
                return outputs.get(i).agrees() ? 1 : 0;
            }
        }
        return NONE;
    }

    private static int cutShort(@Nullable FailureReason reason) {
        if (reason == null) {
            return 1;
        }
        return reason == FailureReason.TIMEOUT ? LOST : 0;
    }

    private static int within(long nanos, long limitNanos) {
        return nanos >= 0 && nanos <= limitNanos ? 1 : 0;
    }
}
