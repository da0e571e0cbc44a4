package dev.understudy.verdict;

import java.util.Locale;

/// What a verdict comes to.
public enum Decision {
    /// Every criterion holds, with no more than the declared chance that this is wrong.
    PROMOTE,
    /// Some criterion is missed, with no more than the declared chance that this is wrong.
    REJECT,
    /// Neither can be said yet.
    WATCH,
    /// Neither could be said within the time that was given. The champion stays.
    NOT_ENOUGH_EVIDENCE;

    /// As the API and `model.yaml` spell it: `not_enough_evidence`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
