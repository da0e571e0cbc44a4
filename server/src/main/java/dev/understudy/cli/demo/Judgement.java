package dev.understudy.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.cli.VerdictSheet;
import java.util.List;
import java.util.stream.Stream;

/// What became of a challenger, against what it deserves. Immutable.
record Judgement(String challenger, JsonNode verdict) {
    private static final String WORSE_SEGMENT = "label=8";

    /// On everyone who was compared, as of when the server was asked for its model.
    ///
    /// @param model the management API's view of the model
    static List<Judgement> all(JsonNode model) {
        return Stream.of(Act.WORSE, Act.BETTER, Act.EQUAL).filter(version -> Backstage.compared(model, version) > 0)
                .map(version -> new Judgement(version, Backstage.challenger(model, version).path("verdict"))).toList();
    }

    /// Whether the server has come to the decision that the challenger deserves: for the one that is worse on one digit, that
    /// it is held back by that digit.
    boolean deserved() {
        return switch (challenger) {
            case Act.WORSE -> !decision().equals("promote") && failsOnEight();
            default -> decision().equals("promote");
        };
    }

    /// Whether it came to the opposite.
    boolean wrong() {
        return challenger.equals(Act.WORSE) ? decision().equals("promote") : decision().equals("reject");
    }

    private boolean failsOnEight() {
        for (JsonNode segment : verdict.path("segments")) {
            if (segment.path("failing").asBoolean() && segment.path("segment").asText().equals(WORSE_SEGMENT)) {
                return true;
            }
        }
        return false;
    }

    private String decision() {
        return sheet().decision();
    }

    VerdictSheet sheet() {
        return new VerdictSheet(DemoStage.MODEL, challenger, verdict);
    }
}
