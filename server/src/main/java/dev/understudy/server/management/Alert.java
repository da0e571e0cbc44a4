package dev.understudy.server.management;

import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.Outcome;
import dev.understudy.verdict.SegmentResult;
import dev.understudy.verdict.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Something a person should know of, as long as it lasts. Immutable.
///
/// @param model      empty where it is about no model
/// @param challenger full name of the challenger it is about, empty where it is about none
/// @param subject    the criterion, the segment: what tells it from others of its kind
/// @param detail     one sentence
record Alert(Kind kind, String model, String challenger, String subject, String detail) {
    /// Sampled requests after which a low coverage is more than a slow start.
    static final long SAMPLED_MIN = 1000;
    static final double COVERAGE_MIN = 0.9;
    /// Where the lane stands still half of the time, the champion has been suffering.
    static final double DUTY_MIN = 0.5;

    /// What it is about.
    enum Kind {
        CRITERION_FAILED, SEGMENT_FAILED, CHALLENGER_REFUSED, LOW_COVERAGE, BACKED_OFF, ATTENTION;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What tells one alert from another, however its detail changes.
    record Key(Kind kind, String model, String challenger, String subject) {}

    Key key() {
        return new Key(kind, model, challenger, subject);
    }

    /// All there is to know of now.
    ///
    /// @param others what concerns none of the models, a sentence each
    static Map<Key, Alert> of(List<ModelStatus> models, List<String> others) {
        Map<Key, Alert> alerts = new LinkedHashMap<>();
        for (ModelStatus model : models) {
            for (Challenger challenger : model.challengers()) {
                about(model, challenger, alerts);
            }
            if (model.effect().duty() < DUTY_MIN) {
                put(alerts, new Alert(Kind.BACKED_OFF, model.name(), "", "", "the challengers' lane may run "
                        + percent(model.effect().duty()) + " of the time, because the champion was slowed down"));
            }
            for (String sentence : model.alerts()) {
                put(alerts, new Alert(Kind.ATTENTION, model.name(), "", sentence, sentence));
            }
        }
        for (String sentence : others) {
            put(alerts, new Alert(Kind.ATTENTION, "", "", sentence, sentence));
        }
        return alerts;
    }

    private static void about(ModelStatus model, Challenger challenger, Map<Key, Alert> alerts) {
        String name = ChallengerLookup.fullName(challenger.version(), challenger.sha256());
        if (challenger.state() == State.REFUSED) {
            put(alerts, new Alert(Kind.CHALLENGER_REFUSED, model.name(), name, "", challenger.reason()));
        }
        if (challenger.state() != State.SHADOWING) {
            return;
        }
        // Of what was sampled, not of what was served: the share that is sampled may have been another before.
        long settled = challenger.ledger().sampled() - challenger.ledger().inFlight();
        double coverage = (double) challenger.ledger().compared() / settled;
        if (settled >= SAMPLED_MIN && coverage < COVERAGE_MIN) {
            put(alerts, new Alert(Kind.LOW_COVERAGE, model.name(), name, "",
                    percent(coverage) + " of the sampled requests were compared"));
        }
        challenger.verdict().ifPresent(verdict -> about(model.name(), name, verdict, alerts));
    }

    private static void about(String model, String challenger, Verdict verdict, Map<Key, Alert> alerts) {
        if (!verdict.declared()) {
            // Nobody said that a challenger should keep these limits.
            return;
        }
        for (CriterionResult result : verdict.criteria()) {
            if (result.outcome() == Outcome.FAIL) {
                put(alerts, new Alert(Kind.CRITERION_FAILED, model, challenger, result.criterion(),
                        result.criterion() + " is missed after " + result.samples() + " observations"));
            }
        }
        for (SegmentResult result : verdict.segments()) {
            if (result.failing()) {
                put(alerts, new Alert(Kind.SEGMENT_FAILED, model, challenger,
                        result.segment() + " " + result.criterion(),
                        "segment " + result.segment() + " misses " + result.criterion()));
            }
        }
    }

    private static void put(Map<Key, Alert> alerts, Alert alert) {
        alerts.put(alert.key(), alert);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", share * 100);
    }
}
