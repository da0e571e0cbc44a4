package dev.understudy.diff;

import static dev.understudy.diff.TestTensors.floats;
import static dev.understudy.diff.TestTensors.rows;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ScoreDistancesTest {
    private static final double SIX_DIGITS = 5.1e-7;

    private static ScoreDistances of(Tensor champion, Tensor challenger) {
        return ScoreDistances.of(champion, challenger).orElseThrow();
    }

    @Test
    void probabilitiesHaveTheReferencesDistances() {
        ScoreDistances distances = of(floats(.7f, .2f, .1f), floats(.6f, .3f, .1f));
        assertEquals(.026812, distances.kullbackLeibler(), SIX_DIGITS);
        assertEquals(.006959, distances.jensenShannon(), SIX_DIGITS);
        assertEquals(.1, distances.totalVariation(), SIX_DIGITS);
        assertEquals(-.2, distances.marginChange(), SIX_DIGITS);
    }

    @Test
    void rowsAreAveraged() {
        ScoreDistances distances = of(rows(3, .7f, .2f, .1f, 1, 0, 0), rows(3, .6f, .3f, .1f, 1, 0, 0));
        assertEquals(.05, distances.totalVariation(), SIX_DIGITS);
        assertEquals(.026812 / 2, distances.kullbackLeibler(), SIX_DIGITS);
        assertEquals(-.1, distances.marginChange(), SIX_DIGITS);
    }

    @Test
    void certaintiesOfDifferentClassesAreAsFarApartAsCanBe() {
        ScoreDistances distances = of(floats(1, 0), floats(0, 1));
        assertEquals(1, distances.totalVariation());
        assertEquals(Math.log(2), distances.jensenShannon(), 1e-12);
        assertEquals(Math.log(1e12), distances.kullbackLeibler(), 1e-9);
    }

    @Test
    void scoresThatAreNoProbabilitiesHaveAMarginOnly() {
        ScoreDistances distances = of(floats(5, 1, 1), floats(4, 3, 1));
        assertEquals(-3, distances.marginChange());
        assertTrue(Double.isNaN(distances.totalVariation()) && Double.isNaN(distances.jensenShannon())
                && Double.isNaN(distances.kullbackLeibler()));
        ScoreDistances partly = of(rows(2, 1, 0, 3, 0), rows(2, 1, 0, 3, 0));
        assertTrue(Double.isNaN(partly.totalVariation()), "every row must be one");
        assertEquals(0, partly.marginChange());
    }

    @Test
    void whatIsNoPairOfScoreVectorsHasNone() {
        assertEquals(Optional.empty(), ScoreDistances.of(floats(1), floats(1)));
        assertEquals(Optional.empty(), ScoreDistances.of(floats(1, 0), floats(1, 0, 0)));
        Tensor text = Tensor.ofStrings("y", Shape.of(2), "a", "b");
        assertEquals(Optional.empty(), ScoreDistances.of(text, text));
    }

    /// Pinsker's inequality, and the bounds of each.
    @Property(tries = 200)
    void distancesAreOrderedAndBounded(@ForAll @Size(4) double[] left, @ForAll @Size(4) double[] right) {
        ScoreDistances distances = of(shares(left), shares(right));
        double variation = distances.totalVariation();
        assertTrue(variation >= 0 && variation <= 1 + 1e-6, distances::toString);
        assertTrue(distances.jensenShannon() >= variation * variation / 2 - 1e-6
                && distances.jensenShannon() <= Math.log(2) * variation + 1e-6, distances::toString);
        assertTrue(distances.kullbackLeibler() >= 2 * variation * variation - 1e-3, distances::toString);
        assertEquals(0, of(shares(left), shares(left)).kullbackLeibler(), 1e-12);
    }

    /// Probabilities from whatever numbers.
    private static Tensor shares(double[] weights) {
        double sum = 0;
        float[] shares = new float[weights.length];
        for (double weight : weights) {
            sum += Math.abs(Math.atan(weight)) + 1e-3;
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (float) ((Math.abs(Math.atan(weights[i])) + 1e-3) / sum);
        }
        return floats(shares);
    }
}
