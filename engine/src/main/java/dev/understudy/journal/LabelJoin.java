package dev.understudy.journal;

import dev.understudy.journal.LabelTables.Answered;
import dev.understudy.journal.LabelTables.Match;
import dev.understudy.verdict.Observation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Joins labels with what was answered to their requests, in one batch of the journal. Not thread-safe; owned by the batch.
///
/// The join is symmetric, so it does not matter which of the two comes first: new answers look for a label, a new label
/// looks for answers. A request has one label: another is a repetition for as long as the first one, or the answers it was
/// joined with, are held.
final class LabelJoin {
    private final LabelTables tables;
    private final Judge judge;
    private final List<Graded> graded = new ArrayList<>();
    private final Map<String, FeedbackCounts> accounts = new HashMap<>();

    /// What a join adds to an evaluation's evidence.
    record Graded(int evaluation, List<Observation> grades) {}

    /// Says what a label says about answers; empty when it cannot be the truth about them.
    @FunctionalInterface
    interface Judge {
        Optional<List<Observation>> grade(int evaluation, List<String> truth, Answers answers);
    }

    LabelJoin(LabelTables tables, Judge judge) {
        this.tables = tables;
        this.judge = judge;
    }

    List<Graded> graded() {
        return graded;
    }

    /// What this batch adds to the account of each model.
    Map<String, FeedbackCounts> accounts() {
        return accounts;
    }

    /// Records answers and joins those whose label is there already.
    void answers(List<Answered> answered) throws SQLException {
        long before = tables.appendAnswers(answered);
        Set<Long> met = new HashSet<>();
        List<Long> labelled = new ArrayList<>();
        for (Match match : tables.labels() == 0 ? List.<Match>of() : tables.newAnswers(before)) {
            if (join(match)) {
                labelled.add(match.prediction());
                if (!match.wasJoined() && met.add(match.label())) {
                    add(match.model(), new FeedbackCounts(0, 0, 0, 0, 0, 1));
                }
            }
        }
        tables.markLabelled(labelled);
        tables.markJoined(met);
    }

    /// Records labels and joins those whose answers are there already. Each entry's ticket learns what became of its labels.
    void labels(List<JournalEntry.Labelled> entries, long timeMillis) throws SQLException {
        long number = tables.appendLabels(entries, timeMillis);
        Set<Long> repeated = tables.repeated(number);
        Map<Long, List<Match>> matches = tables.newLabels(number).stream().collect(Collectors.groupingBy(Match::label));
        Set<List<String>> taken = new HashSet<>();
        List<Long> labelled = new ArrayList<>();
        List<Long> joined = new ArrayList<>();
        List<Long> dropped = new ArrayList<>();
        for (JournalEntry.Labelled entry : entries) {
            FeedbackTally tally = new FeedbackTally();
            for (Label label : entry.labels()) {
                number++;
                List<Match> found = matches.getOrDefault(number, List.of());
                List<String> request = List.of(entry.model(), label.requestId());
                if (repeated.contains(number) || taken.contains(request)) {
                    tally.repeated();
                    dropped.add(number);
                    continue;
                }
                List<Long> itsOwn = found.stream().filter(this::join).map(Match::prediction).toList();
                if (!found.isEmpty() && itsOwn.isEmpty()) {
                    tally.unfit(label.requestId());
                    dropped.add(number);
                    continue;
                }
                taken.add(request);
                labelled.addAll(itsOwn);
                if (itsOwn.isEmpty()) {
                    tally.unknown(label.requestId());
                } else {
                    tally.joined();
                    joined.add(number);
                }
            }
            FeedbackOutcome outcome = tally.outcome();
            add(entry.model(), outcome.counts());
            entry.ticket().decided(outcome);
        }
        tables.markLabelled(labelled);
        tables.markJoined(joined);
        tables.drop(dropped);
    }

    private boolean join(Match match) {
        Optional<List<Observation>> grades = judge.grade(match.evaluation(), match.truth(), match.answers());
        grades.ifPresent(present -> graded.add(new Graded(match.evaluation(), present)));
        return grades.isPresent();
    }

    private void add(String model, FeedbackCounts more) {
        accounts.merge(model, more, FeedbackCounts::plus);
    }
}
