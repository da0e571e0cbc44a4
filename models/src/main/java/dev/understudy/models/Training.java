package dev.understudy.models;

import static dev.understudy.models.Digits.CLASSES;
import static dev.understudy.models.Digits.PIXELS;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.tribuo.Example;
import org.tribuo.Model;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.sgd.fm.FMClassificationModel;
import org.tribuo.classification.sgd.fm.FMClassificationTrainer;
import org.tribuo.classification.sgd.linear.LinearSGDModel;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.la.DenseVector;
import org.tribuo.math.la.Tensor;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/// Thread-safe. Trains digit classifiers with Tribuo, seeded and on one thread, and reads their weights.
///
/// Weights are read by feature name and label, never by Tribuo's own order: its features are sorted by name, and a
/// pixel that it left out gets weight zero.
final class Training {
    private static final Logger TRIBUO = Logger.getLogger("org.tribuo");
    private static final String[] FEATURES = IntStream.range(0, PIXELS)
            .mapToObj(pixel -> String.format(Locale.ROOT, "p%02d", pixel))
            .toArray(String[]::new);

    private static final double PIXEL_MAX = 16;
    private static final double LEARNING_RATE = 0.1;
    private static final double ADAGRAD_EPSILON = 0.1;
    private static final int EPOCHS = 5;
    private static final int LOGGING_INTERVAL = 1_000_000;
    private static final int MINIBATCH = 1;
    private static final int FACTORS = 8;
    private static final double FACTOR_VARIANCE = 0.1;
    private static final long SEED = 42;

    static {
        TRIBUO.setLevel(Level.WARNING);
    }

    private Training() {}

    static LinearSGDModel logisticRegression(List<Digit> digits) {
        var trainer = new LinearSGDTrainer(new LogMulticlass(), new AdaGrad(LEARNING_RATE, ADAGRAD_EPSILON), EPOCHS,
                LOGGING_INTERVAL, MINIBATCH, SEED);
        return trainer.train(dataset(digits));
    }

    static FMClassificationModel factorisationMachine(List<Digit> digits) {
        var trainer = new FMClassificationTrainer(new LogMulticlass(), new AdaGrad(LEARNING_RATE, ADAGRAD_EPSILON),
                EPOCHS, LOGGING_INTERVAL, MINIBATCH, SEED, FACTORS, FACTOR_VARIANCE);
        return trainer.train(dataset(digits));
    }

    static Scorer.Linear weights(LinearSGDModel model) {
        DenseMatrix weights = model.getWeightsCopy();
        int biasColumn = weights.getDimension2Size() - 1;
        float[] biases = new float[CLASSES];
        for (int label = 0; label < CLASSES; label++) {
            biases[label] = (float) weights.get(labelId(model, label), biasColumn);
        }
        return new Scorer.Linear(weightsByPixel(model, weights), biases);
    }

    static Scorer.Factorised weights(FMClassificationModel model) {
        DenseVector modelBiases = model.getBiasesCopy();
        float[] biases = new float[CLASSES];
        for (int label = 0; label < CLASSES; label++) {
            biases[label] = (float) modelBiases.get(labelId(model, label));
        }
        Tensor[] modelFactors = model.getFactorsCopy();
        float[] factors = new float[PIXELS * CLASSES * FACTORS];
        for (int label = 0; label < CLASSES; label++) {
            var ofLabel = (DenseMatrix) modelFactors[labelId(model, label)];
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                int feature = featureId(model, pixel);
                for (int f = 0; f < FACTORS && feature >= 0; f++) {
                    factors[(pixel * CLASSES + label) * FACTORS + f] = (float) (ofLabel.get(f, feature) / PIXEL_MAX);
                }
            }
        }
        var linear = new Scorer.Linear(weightsByPixel(model, model.getLinearWeightsCopy()), biases);
        return new Scorer.Factorised(linear, factors);
    }

    static Example<Label> example(Digit digit) {
        float[] pixels = digit.pixels();
        double[] values = new double[PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            values[i] = pixels[i] / PIXEL_MAX;
        }
        return new ArrayExample<>(new Label(Integer.toString(digit.label())), FEATURES, values);
    }

    private static MutableDataset<Label> dataset(List<Digit> digits) {
        var labels = new LabelFactory();
        var dataset = new MutableDataset<>(new SimpleDataSourceProvenance("digits", OffsetDateTime.MIN, labels),
                labels);
        digits.forEach(digit -> dataset.add(example(digit)));
        return dataset;
    }

    private static float[] weightsByPixel(Model<Label> model, DenseMatrix byLabel) {
        float[] weights = new float[PIXELS * CLASSES];
        for (int pixel = 0; pixel < PIXELS; pixel++) {
            int feature = featureId(model, pixel);
            for (int label = 0; label < CLASSES && feature >= 0; label++) {
                weights[pixel * CLASSES + label] = (float) (byLabel.get(labelId(model, label), feature) / PIXEL_MAX);
            }
        }
        return weights;
    }

    /// The feature's index, negative if the model never saw it.
    private static int featureId(Model<Label> model, int pixel) {
        return model.getFeatureIDMap().getID(FEATURES[pixel]);
    }

    private static int labelId(Model<Label> model, int label) {
        return model.getOutputIDInfo().getID(new Label(Integer.toString(label)));
    }
}
