package dev.understudy.server.management;

import dev.understudy.journal.Order;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `.../comparisons` is asked for.
sealed interface ComparisonQuery {
    Set<String> PARAMETERS = Set.of("order", "limit", "segment");
    int LIMIT_DEFAULT = 20;
    int LIMIT_MAX = 1000;

    record Valid(Order order, int limit, @Nullable String segment) implements ComparisonQuery {}

    /// Refused, in one sentence for the caller.
    record Invalid(String reason) implements ComparisonQuery {}

    static ComparisonQuery of(Call call) {
        String order = call.inQuery("order");
        if (order != null && !order.equals("worst") && !order.equals("newest")) {
            return new Invalid("order must be worst or newest");
        }
        int limit = call.number("limit", LIMIT_DEFAULT, LIMIT_MAX);
        if (limit < 0) {
            return new Invalid("limit must be a whole number within 1 and " + LIMIT_MAX);
        }
        return new Valid("newest".equals(order) ? Order.NEWEST : Order.WORST, limit, call.inQuery("segment"));
    }
}
