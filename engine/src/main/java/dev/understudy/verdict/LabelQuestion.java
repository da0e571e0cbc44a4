package dev.understudy.verdict;

import dev.understudy.verdict.Observation.Labelled;

/// A question that only a label answers. Immutable.
sealed interface LabelQuestion extends Question {
    /// Is the challenger right?
    record Accuracy() implements LabelQuestion {
        @Override
        public int place(Observation observation) {
            return observation instanceof Labelled labelled && labelled.measure() == LabelMeasure.ACCURACY
                    ? right(labelled.challenger())
                    : NONE;
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
            return observation instanceof Labelled labelled && labelled.measure() == LabelMeasure.ACCURACY
                    ? 1 + right(labelled.challenger()) - right(labelled.champion())
                    : NONE;
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
            return observation instanceof Labelled labelled && labelled.measure() == measure
                    ? Support.SCORE.place(1 - labelled.challenger() / clip, labelled.draw())
                    : NONE;
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
            if (!(observation instanceof Labelled labelled) || labelled.measure() != measure) {
                return NONE;
            }
            double gain = Math.min(labelled.champion(), clip) - Math.min(labelled.challenger(), clip);
            return Support.SCORE.place((gain / clip + 1) / 2, labelled.draw());
        }
    }

    private static int right(double value) {
        return value >= 0.5 ? 1 : 0;
    }
}
