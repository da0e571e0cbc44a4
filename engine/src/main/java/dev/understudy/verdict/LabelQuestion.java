package dev.understudy.verdict;

import dev.understudy.verdict.Observation.Labelled;
import dev.understudy.verdict.Observation.LabelledCutShort;

/// A question that only a label answers. Immutable.
sealed interface LabelQuestion extends Question {
    /// Is the challenger right?
    record Accuracy() implements LabelQuestion {
        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Labelled labelled when labelled.measure() == LabelMeasure.ACCURACY -> right(labelled.challenger());
                case LabelledCutShort cut when cut.measure() == LabelMeasure.ACCURACY -> LOST;
                default -> NONE;
            };
        }
    }

    /// Is the challenger right where the champion is wrong?
    record AccuracyGain() implements LabelQuestion {
        @Override
        public Support support() {
            return Support.PAIRED;
        }

        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Labelled labelled when labelled.measure() == LabelMeasure.ACCURACY ->
                    1 + right(labelled.challenger()) - right(labelled.champion());
                case LabelledCutShort cut when cut.measure() == LabelMeasure.ACCURACY -> LOST;
                default -> NONE;
            };
        }
    }

    /// How small is the challenger's loss?
    ///
    /// @param clip a loss beyond it counts as this much; 1 - loss/clip is the score
    record Loss(LabelMeasure measure, double clip) implements LabelQuestion {
        @Override
        public Support support() {
            return Support.SCORE;
        }

        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Labelled labelled when labelled.measure() == measure ->
                    Support.SCORE.place(1 - labelled.challenger() / clip, labelled.draw());
                case LabelledCutShort cut when cut.measure() == measure -> LOST;
                default -> NONE;
            };
        }
    }

    /// By how much is the challenger's loss smaller than the champion's on the same request?
    ///
    /// @param clip a loss beyond it counts as this much, so the difference lies within this much of 0
    record LossGain(LabelMeasure measure, double clip) implements LabelQuestion {
        @Override
        public Support support() {
            return Support.SCORE;
        }

        @Override
        public int place(Observation observation) {
            return switch (observation) {
                case Labelled labelled when labelled.measure() == measure -> {
                    double gain = Math.min(labelled.champion(), clip) - Math.min(labelled.challenger(), clip);
                    yield Support.SCORE.place((gain / clip + 1) / 2, labelled.draw());
                }
                case LabelledCutShort cut when cut.measure() == measure -> LOST;
                default -> NONE;
            };
        }
    }

    private static int right(double value) {
        return value >= 0.5 ? 1 : 0;
    }
}
