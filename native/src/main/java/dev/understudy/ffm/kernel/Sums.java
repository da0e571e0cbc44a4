package dev.understudy.ffm.kernel;

import java.lang.foreign.MemorySegment;

/// Not thread-safe; owned by one call of a kernel. The running sums, counts and maxima of a comparison.
final class Sums {
    final double atol;
    final double rtol;
    /// Below this |a| a difference is no longer set in relation to a.
    final double relativeFloor;

    long finite;
    long unequal;
    long beyond;
    double maxAbs;
    double sumAbs;
    double sumSquares;
    double maxRel;
    double dot;
    double normA2;
    double normB2;
    double needed;
    long maxUlp;

    private long nanMismatches;
    private long infMismatches;

    Sums(double atol, double rtol) {
        this.atol = atol;
        this.rtol = rtol;
        this.relativeFloor = rtol == 0 ? Float.MIN_NORMAL : Math.max(atol / rtol, Float.MIN_NORMAL);
    }

    /// Adds the pairs `from` (included) to `to` (excluded), one by one.
    void addRange(FloatFormat format, MemorySegment a, MemorySegment b, long from, long to) {
        for (long i = from; i < to; i++) {
            double valueA = format.value(a, i);
            double valueB = format.value(b, i);
            if (Double.isFinite(valueA) && Double.isFinite(valueB)) {
                addFinite(valueA, valueB);
                addUlp(format.rank(a, i), format.rank(b, i));
            } else {
                addMask(valueA, valueB);
            }
        }
    }

    private void addFinite(double a, double b) {
        double distance = Math.abs(b - a);
        double magnitude = Math.abs(a);
        double tolerance = atol + rtol * magnitude;
        finite++;
        sumAbs += distance;
        sumSquares += distance * distance;
        dot += a * b;
        normA2 += a * a;
        normB2 += b * b;
        if (distance > 0) {
            unequal++;
            maxAbs = Math.max(maxAbs, distance);
            raiseRatios(distance / tolerance, distance / Math.max(magnitude, relativeFloor));
            if (distance > tolerance) {
                beyond++;
            }
        }
    }

    private void raiseRatios(double toTolerance, double toReference) {
        // By comparison and not by Math.max: infinity over infinity is NaN and must not stick.
        if (toTolerance > needed) {
            needed = toTolerance;
        }
        if (toReference > maxRel) {
            maxRel = toReference;
        }
    }

    private void addUlp(long rankA, long rankB) {
        long ulp = rankA - rankB;
        boolean overflow = ((rankA ^ rankB) & (rankA ^ ulp)) < 0 || ulp == Long.MIN_VALUE;
        maxUlp = Math.max(maxUlp, overflow ? Long.MAX_VALUE : Math.abs(ulp));
    }

    private void addMask(double a, double b) {
        if (Double.isNaN(a) != Double.isNaN(b)) {
            nanMismatches++;
            unequal++;
        } else if (!Double.isNaN(a) && a != b) {
            infMismatches++;
            unequal++;
        }
    }

    FloatDiff toDiff(long elements) {
        return new FloatDiff(elements, finite, unequal, nanMismatches, infMismatches, maxAbs, sumAbs, sumSquares,
                maxRel, dot, normA2, normB2, maxUlp, needed, beyond + nanMismatches + infMismatches);
    }
}
