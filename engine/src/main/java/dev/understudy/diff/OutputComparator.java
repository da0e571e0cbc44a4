package dev.understudy.diff;

import dev.understudy.tensor.DataType;
import org.jspecify.annotations.Nullable;

/// The rule by which one output agrees or does not. Immutable; the rule itself is applied by [Comparators].
///
/// Whatever the rule, except [Ignore]: outputs of different datatype or shape do not agree, nor do outputs in which a
/// NaN or an infinity stands where the other has something else.
public sealed interface OutputComparator {
    /// The rule's name in `model.yaml` and in a difference, `same_top_answer`.
    String rule();

    /// True when the rule can be applied to outputs of this datatype.
    boolean fits(DataType datatype);

    /// What decides where nothing is declared: [Close] for floating-point numbers, [Identical] for the rest.
    static OutputComparator byDefault(DataType datatype) {
        return datatype.isFloatingPoint() ? Close.DEFAULT : new Identical();
    }

    /// Every element is equal in value: NaN equals NaN, +0 equals -0.
    record Identical() implements OutputComparator {
        @Override
        public String rule() {
            return "identical";
        }

        @Override
        public boolean fits(DataType datatype) {
            return true;
        }
    }

    /// Enough elements lie within a tolerance.
    ///
    /// @param atol  overrides the datatype's [Tolerance#atol], null keeps it
    /// @param rtol  overrides the datatype's [Tolerance#rtol], null keeps it
    /// @param share share of the elements that must be within it, above 0, at most 1
    record Close(@Nullable Double atol, @Nullable Double rtol, double share) implements OutputComparator {
        static final Close DEFAULT = new Close(null, null, 1);

        @Override
        public String rule() {
            return "close";
        }

        @Override
        public boolean fits(DataType datatype) {
            return datatype.isFloatingPoint();
        }

        Tolerance tolerance(DataType datatype) {
            Tolerance usual = Tolerance.of(datatype);
            return new Tolerance(atol == null ? usual.atol() : atol, rtol == null ? usual.rtol() : rtol);
        }
    }

    /// Each row of the last axis has the same largest score, ties within the datatype's atol allowed.
    record SameTopAnswer() implements OutputComparator {
        @Override
        public String rule() {
            return "same_top_answer";
        }

        @Override
        public boolean fits(DataType datatype) {
            return isNumber(datatype);
        }
    }

    /// Each row of the last axis has the same k largest scores, in any order, ties within the datatype's atol allowed.
    ///
    /// @param k 1 to [#K_MAX]; rows with fewer scores always agree
    record SameTopK(int k) implements OutputComparator {
        /// Keeps the work for a row in proportion to its length.
        static final int K_MAX = 100;

        @Override
        public String rule() {
            return "same_top_k";
        }

        @Override
        public boolean fits(DataType datatype) {
            return isNumber(datatype);
        }
    }

    /// No element is off by more than a fixed amount.
    ///
    /// @param maxAbs largest |b-a|, above 0
    record Within(double maxAbs) implements OutputComparator {
        @Override
        public String rule() {
            return "within";
        }

        @Override
        public boolean fits(DataType datatype) {
            return isNumber(datatype);
        }
    }

    /// The outputs, each as one vector, point the same way.
    ///
    /// @param atLeast smallest cosine, above 0, below 1
    record Cosine(double atLeast) implements OutputComparator {
        @Override
        public String rule() {
            return "cosine";
        }

        @Override
        public boolean fits(DataType datatype) {
            return datatype.isFloatingPoint();
        }
    }

    /// The output is not compared and need not be there.
    record Ignore() implements OutputComparator {
        @Override
        public String rule() {
            return "ignore";
        }

        @Override
        public boolean fits(DataType datatype) {
            return true;
        }
    }

    private static boolean isNumber(DataType datatype) {
        return datatype != DataType.BOOL && datatype != DataType.BYTES;
    }
}
