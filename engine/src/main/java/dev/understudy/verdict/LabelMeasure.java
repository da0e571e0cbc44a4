package dev.understudy.verdict;

import java.util.Locale;

/// How an answer is held against its label.
public enum LabelMeasure {
    /// 1 when the top answer is the label, 0 when not.
    ACCURACY,
    /// Natural logarithm of the probability given to the label, negated.
    LOG_LOSS,
    /// Distance of the predicted number from the label.
    ABSOLUTE_ERROR,
    /// Its square.
    SQUARED_ERROR;

    /// As `model.yaml` and the feedback API spell it: `log_loss`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
