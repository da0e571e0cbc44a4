package dev.understudy.journal;

import dev.understudy.verdict.LabelMeasure;
import dev.understudy.verdict.Observation;
import dev.understudy.verdict.Observation.Labelled;
import dev.understudy.verdict.Observation.LabelledCutShort;
import dev.understudy.verdict.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Holds answers against the truth. Stateless.
///
/// A classification gives accuracy, and the log-loss where both score vectors are held; a regression gives the absolute
/// and the squared error. Every row of a request counts.
public final class Grading {
    /// Classes that are watched one by one. More would make a row a minute and class for as long as the evaluation lives.
    static final int CLASSES_MAX = 64;
    /// The least probability a log-loss is taken of, so that one certain error does not weigh infinitely.
    static final double PROBABILITY_MIN = 1e-15;

    private Grading() {}

    /// Where a row counts.
    private record Place(long minute, @Nullable String segment, @Nullable String label) {
        Labelled labelled(LabelMeasure measure, double champion, double challenger, double draw) {
            return new Labelled(minute, segment, label, measure, champion, challenger, draw);
        }

        LabelledCutShort cutShort(LabelMeasure measure) {
            return new LabelledCutShort(minute, segment, label, measure);
        }
    }

    /// What the truth says about the answers; empty when it cannot be the truth about them.
    ///
    /// A row counts under its request's segment and under its label's class, so that a challenger that is worse on one class
    /// only is found out without anybody sending the truth along with the request. Whoever does send it along, as a segment
    /// named like a class's, is not counted under both.
    ///
    /// @param minute when they are joined
    public static Optional<List<Observation>> grade(Task task, List<String> truth, Answers answers, long minute) {
        Prediction champion = answers.champion();
        if (truth.size() != champion.answers().size()) {
            return Optional.empty();
        }
        List<Observation> grades = new ArrayList<>();
        for (int row = 0; row < truth.size(); row++) {
            Optional<String> label = task.spelled(truth.get(row));
            if (label.isEmpty() || (champion.classes() > 0 && index(label.get()) >= champion.classes())) {
                return Optional.empty();
            }
            double draw = draw(answers.requestId(), row);
            Place place = new Place(minute,
                    answers.segment() == null || answers.segment().startsWith(Labelled.CLASS)
                            ? null
                            : answers.segment(),
                    classOf(task, label.get()));
            if (answers.cutShort()) {
                cutShort(grades, place, task, champion);
                continue;
            }
            switch (task.type()) {
                case CLASSIFICATION -> classified(grades, place, label.get(), row, answers, draw);
                case REGRESSION -> measured(grades, place, Double.parseDouble(label.get()), row, answers, draw);
            }
        }
        return Optional.of(grades);
    }

    /// The segment of a class, null where there are too many or it has no number.
    private static @Nullable String classOf(Task task, String label) {
        return task.type() == Task.Type.CLASSIFICATION && index(label) < CLASSES_MAX
                ? Labelled.CLASS + task.named(label)
                : null;
    }

    /// The number of a class, or the largest int for a label that is none.
    private static int index(String label) {
        boolean digits = label.length() <= 9 && label.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(label) : Integer.MAX_VALUE;
    }

    /// The same for a request's row whenever it is graded, and evenly spread over requests.
    static double draw(String requestId, int row) {
        return new SplittableRandom(31L * requestId.hashCode() + row).nextDouble();
    }

    /// What the label would have said, had the challenger's run come to an end.
    private static void cutShort(List<Observation> grades, Place place, Task task, Prediction champion) {
        switch (task.type()) {
            case CLASSIFICATION -> {
                grades.add(place.cutShort(LabelMeasure.ACCURACY));
                if (champion.classes() > 0) {
                    grades.add(place.cutShort(LabelMeasure.LOG_LOSS));
                }
            }
            case REGRESSION -> {
                grades.add(place.cutShort(LabelMeasure.ABSOLUTE_ERROR));
                grades.add(place.cutShort(LabelMeasure.SQUARED_ERROR));
            }
        }
    }

    private static void classified(List<Observation> grades, Place place, String label, int row, Answers answers,
            double draw) {
        Prediction champion = answers.champion();
        Prediction challenger = answers.challenger();
        grades.add(place.labelled(LabelMeasure.ACCURACY,
                champion.answers().get(row).equals(label) ? 1 : 0,
                challenger != null && challenger.answers().get(row).equals(label) ? 1 : 0, draw));
        if (champion.classes() > 0 && (challenger == null || challenger.classes() == champion.classes())) {
            grades.add(place.labelled(LabelMeasure.LOG_LOSS, logLoss(champion, row, label),
                    challenger == null ? Double.POSITIVE_INFINITY : logLoss(challenger, row, label), draw));
        }
    }

    private static double logLoss(Prediction prediction, int row, String label) {
        double probability = prediction.scores().get(row * prediction.classes() + index(label));
        // Adding zero makes -0.0, the loss of certainty, 0.
        return -Math.log(Math.clamp(probability, PROBABILITY_MIN, 1)) + 0.0;
    }

    private static void measured(List<Observation> grades, Place place, double label, int row, Answers answers,
            double draw) {
        Prediction challenger = answers.challenger();
        double champion = Math.abs(Double.parseDouble(answers.champion().answers().get(row)) - label);
        double other = challenger == null
                ? Double.POSITIVE_INFINITY
                : Math.abs(Double.parseDouble(challenger.answers().get(row)) - label);
        grades.add(place.labelled(LabelMeasure.ABSOLUTE_ERROR, champion, other, draw));
        grades.add(place.labelled(LabelMeasure.SQUARED_ERROR, champion * champion, other * other,
                draw));
    }
}
