package dev.understudy.diff;

import static dev.understudy.diff.TestTensors.floats;
import static dev.understudy.diff.TestTensors.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.diff.OutputComparator.Close;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NoiseFloorTest {
    private static OutputNoise noise(Double... needed) {
        return new OutputNoise("y", DataType.FP32, List.of(needed));
    }

    @Test
    void nearlyAllOfFiveHundredIsTheLargestAndOfTwoThousandTheThirdLargest() {
        List<Double> values = new ArrayList<>(IntStream.rangeClosed(1, 500).mapToObj(i -> (double) i).toList());
        Collections.shuffle(values, new Random(1));
        OutputNoise five = new OutputNoise("y", DataType.FP32, values);
        assertEquals(500, five.nearlyAll());
        assertEquals(250, five.median());
        values.addAll(IntStream.rangeClosed(501, 2000).mapToObj(i -> (double) i).toList());
        assertEquals(1998, new OutputNoise("y", DataType.FP32, values).nearlyAll());
        assertEquals(0, noise().nearlyAll());
    }

    /// By counting: the least of the values that at least the share of them do not exceed.
    @Property(tries = 200)
    void aQuantileIsTheLeastValueThatTheShareDoesNotExceed(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 700) int size, @ForAll @IntRange(min = 1, max = 1000) int thousandths) {
        double share = thousandths / 1000.0;
        SplittableRandom random = new SplittableRandom(seed);
        List<Double> values = IntStream.range(0, size).mapToObj(i -> (double) random.nextInt(1 + size / 2)).toList();
        double counted = values.stream()
                .filter(value -> values.stream().filter(other -> other <= value).count() >= share * size)
                .mapToDouble(value -> value).min().orElseThrow();
        assertEquals(counted, new OutputNoise("y", DataType.FP32, values).quantile(share));
    }

    @Test
    void twiceTheNoiseIsOfferedAndNeverLessThanTheDefault() {
        assertEquals(Optional.of(new Close(4.68e-5, 4.68e-4, 1)), noise(0.1, 2.34).offer());
        assertEquals(Optional.of(Close.DEFAULT), noise(0.0, 0.5).offer());
        assertEquals(Optional.of(Close.DEFAULT), noise().offer());
        assertEquals(Optional.of(new Close(1.02e-5, 1.02e-4, 1)), noise(0.51).offer());
        assertEquals(Optional.empty(), noise(0.0, Double.POSITIVE_INFINITY).offer());
        assertEquals(Optional.empty(), noise(1e300).offer(), "beyond what a tolerance may be");
    }

    @Test
    void tolerancesFollowOnlyFromACompleteFloor() {
        List<OutputNoise> outputs = List.of(noise(3.0),
                new OutputNoise("quiet", DataType.FP32, List.of(0.2)),
                new OutputNoise("shapes", DataType.FP32, List.of(Double.POSITIVE_INFINITY)));
        assertEquals(Map.of(), new NoiseFloor(499, outputs).tolerances());
        assertEquals(Map.of("y", new Tolerance(6e-5, 6e-4)), new NoiseFloor(500, outputs).tolerances());
    }

    @Test
    void onlyTheFirstPairsCount() {
        NoiseMeter meter = new NoiseMeter(NoiseFloor.NONE);
        for (int i = 0; i < NoiseFloor.PAIRS_MAX; i++) {
            assertEquals(i, meter.floor().pairs());
            assertFalse(meter.floor().complete());
            meter.take(List.of(floats(1)), List.of(floats(1)));
        }
        NoiseFloor complete = meter.floor();
        assertTrue(complete.complete());
        meter.take(List.of(floats(1)), List.of(floats(2)));
        assertEquals(complete, meter.floor());
    }

    @Test
    void aMeterGoesOnFromWhatWasKept() {
        NoiseMeter whole = new NoiseMeter(NoiseFloor.NONE);
        NoiseMeter first = new NoiseMeter(NoiseFloor.NONE);
        for (int i = 0; i < 300; i++) {
            whole.take(List.of(floats(1)), List.of(floats(1 + i * 1e-5f)));
            first.take(List.of(floats(1)), List.of(floats(1 + i * 1e-5f)));
        }
        NoiseMeter second = new NoiseMeter(NoiseFloor.parse(first.floor().text()));
        for (int i = 300; i < 600; i++) {
            whole.take(List.of(floats(1)), List.of(floats(1 + i * 1e-5f)));
            second.take(List.of(floats(1)), List.of(floats(1 + i * 1e-5f)));
        }
        assertEquals(whole.floor(), second.floor());
        // The last pair that counts is off by 499e-5 where 1e-5 + 1e-4 is allowed.
        assertEquals(499e-5 / 1.1e-4, whole.floor().outputs().getFirst().nearlyAll(), 0.1);
    }

    @Test
    void whatIsExactIsNotMeasuredAndWhatNoToleranceCoversIsInfinite() {
        NoiseMeter meter = new NoiseMeter(NoiseFloor.NONE);
        Tensor label = new Tensor("label", DataType.INT8, Shape.of(1), TestTensors.raw(DataType.INT8, 1).data());
        meter.take(List.of(label, floats(1, Float.NaN)), List.of(label, floats(1, Float.NaN)));
        meter.take(List.of(label, floats(1, 2)), List.of(label, floats(1, Float.NaN)));
        meter.take(List.of(label, floats(1, 2)), List.of(label, floats(1)));
        NoiseFloor floor = meter.floor();
        assertEquals(3, floor.pairs());
        assertEquals(List.of(noise(0.0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY)), floor.outputs());
    }

    @Test
    void outputsAreBounded() {
        NoiseMeter meter = new NoiseMeter(NoiseFloor.NONE);
        List<Tensor> outputs = IntStream.range(0, NoiseFloor.OUTPUTS_MAX + 5).mapToObj(i -> floats(1).renamed("o" + i))
                .toList();
        meter.take(outputs, outputs);
        assertEquals(NoiseFloor.OUTPUTS_MAX, meter.floor().outputs().size());
    }

    @Property(tries = 100)
    void whatIsWrittenIsRead(@ForAll long seed, @ForAll @IntRange(max = 5) int outputs,
            @ForAll @IntRange(max = 30) int pairs) {
        SplittableRandom random = new SplittableRandom(seed);
        List<OutputNoise> noises = new ArrayList<>();
        for (int output = 0; output < outputs; output++) {
            List<Double> needed = IntStream.range(0, pairs)
                    .mapToObj(i -> random.nextInt(9) == 0 ? Double.POSITIVE_INFINITY : random.nextDouble()).toList();
            noises.add(new OutputNoise("a b\n% é😀:0/" + output, DataType.FP16, needed));
        }
        NoiseFloor floor = new NoiseFloor(pairs, noises);
        assertEquals(floor, NoiseFloor.parse(floor.text()));
    }

    @Test
    void whatWasNotWrittenIsRefused() {
        for (String text : List.of("", "x", "1\nFP32", "1\nFP99 y 0.0", "1\nFP32 y 0.0 0.0", "1\nFP32 y zero")) {
            assertThrows(IllegalArgumentException.class, () -> NoiseFloor.parse(text), text);
        }
    }

    /// The law of the whole thing: of the pairs that a tolerance was derived from it refuses no more than the one in a thousand
    /// that it leaves out, which of five hundred is none. And it never refuses what the default accepts.
    @Property(tries = 30)
    void aDerivedToleranceAcceptsThePairsItWasDerivedFrom(@ForAll long seed, @ForAll @IntRange(max = 7) int magnitude)
            throws InvalidConfigException {
        SplittableRandom random = new SplittableRandom(seed);
        NoiseMeter meter = new NoiseMeter(NoiseFloor.NONE);
        List<Tensor> first = new ArrayList<>();
        List<Tensor> again = new ArrayList<>();
        for (int pair = 0; pair < NoiseFloor.PAIRS_MAX; pair++) {
            float[] a = new float[5];
            float[] b = new float[5];
            for (int i = 0; i < a.length; i++) {
                a[i] = (float) (random.nextGaussian() * 10);
                b[i] = (float) (a[i] + random.nextGaussian() * Math.pow(10, -magnitude));
            }
            first.add(floats(a));
            again.add(floats(b));
            meter.take(List.of(floats(a)), List.of(floats(b)));
        }
        Comparators declared = rule("rule", "close", "tolerance", "auto");
        Comparators derived = declared.with(meter.floor().tolerances());
        int refused = 0;
        for (int pair = 0; pair < NoiseFloor.PAIRS_MAX; pair++) {
            boolean agrees = TestTensors.compare(derived, first.get(pair), again.get(pair)).agrees();
            refused += agrees ? 0 : 1;
            assertTrue(agrees || !TestTensors.compare(Comparators.DEFAULT, first.get(pair), again.get(pair)).agrees());
        }
        assertTrue(refused <= NoiseFloor.PAIRS_MAX / 1000, "refused " + refused);
    }
}
