package dev.understudy.diff;

import dev.understudy.diff.OutputDifference.Elementwise;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Tensor;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Measures a champion's noise floor from its second answers. Thread-safe.
///
/// It compares by the default tolerances whatever the model's comparators say, so that what it finds does not depend on
/// them, nor on when they change. Holds at most 500 numbers an output.
public final class NoiseMeter {
    private static final MathContext DIGITS = new MathContext(3, RoundingMode.UP);

    private final Map<String, Samples> outputs = new TreeMap<>();
    private int pairs;

    private record Samples(DataType datatype, List<Double> needed) {}

    /// Goes on from what is known already.
    public NoiseMeter(NoiseFloor known) {
        pairs = known.pairs();
        for (OutputNoise noise : known.outputs()) {
            outputs.put(noise.output(), new Samples(noise.datatype(), new ArrayList<>(noise.needed())));
        }
    }

    /// Takes the champion's two answers to one request, unless it knows enough. Runs in time proportional to them, on the
    /// calling thread.
    public synchronized void take(List<Tensor> first, List<Tensor> again) {
        if (pairs >= NoiseFloor.PAIRS_MAX) {
            return;
        }
        List<OutputDifference> differences = Comparators.DEFAULT.compare(first, again).outputs();
        for (int i = 0; i < differences.size(); i++) {
            DataType datatype = first.get(i).datatype();
            if (datatype.isFloatingPoint()) {
                add(differences.get(i), datatype);
            }
        }
        pairs++;
    }

    private void add(OutputDifference difference, DataType datatype) {
        Samples samples = outputs.get(difference.output());
        if (samples == null && outputs.size() < NoiseFloor.OUTPUTS_MAX) {
            samples = new Samples(datatype, new ArrayList<>());
            outputs.put(difference.output(), samples);
        }
        if (samples != null) {
            samples.needed().add(needed(difference));
        }
    }

    /// Three digits, rounded up, so that what they allow allows the pair.
    private static double needed(OutputDifference difference) {
        if (!(difference instanceof Elementwise compared) || !compared.metrics().masksMatch()) {
            return Double.POSITIVE_INFINITY;
        }
        double needed = compared.metrics().neededTolerance();
        return Double.isInfinite(needed) ? needed : BigDecimal.valueOf(needed).round(DIGITS).doubleValue();
    }

    /// What is known now.
    public synchronized NoiseFloor floor() {
        List<OutputNoise> known = new ArrayList<>();
        outputs.forEach((output, samples) -> known.add(new OutputNoise(output, samples.datatype(), samples.needed())));
        return new NoiseFloor(pairs, known);
    }
}
