package dev.understudy.engine;

import dev.understudy.verdict.Criteria;

/// The criteria a model's challengers are judged by, and where they come from. Immutable.
///
/// @param source   the file, or somebody over the management API
/// @param by       who set them, empty for those of the file
/// @param atMillis when they were set, milliseconds since the epoch, 0 for those of the file
public record CriteriaInForce(Criteria criteria, Source source, String by, long atMillis) {
    /// Where criteria come from.
    public enum Source {
        MODEL_YAML, API
    }

    static CriteriaInForce declared(Criteria criteria) {
        return new CriteriaInForce(criteria, Source.MODEL_YAML, "", 0);
    }

    static CriteriaInForce set(Criteria criteria, String by, long atMillis) {
        return new CriteriaInForce(criteria, Source.API, by, atMillis);
    }
}
