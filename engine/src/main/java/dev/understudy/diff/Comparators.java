package dev.understudy.diff;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// stub
public final class Comparators {
    public static final Comparators DEFAULT = new Comparators();

    public static Comparators parse(@Nullable ConfigNode node) throws InvalidConfigException {
        if (node != null && node.line() < 0) {
            throw new InvalidConfigException(1, "");
        }
        return DEFAULT;
    }

    public Difference compare(List<Tensor> a, List<Tensor> b) {
        return new Difference(List.of());
    }
}
