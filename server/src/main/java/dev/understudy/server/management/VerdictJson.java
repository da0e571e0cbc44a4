package dev.understudy.server.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.Gate;
import dev.understudy.verdict.Minute;
import dev.understudy.verdict.SegmentResult;
import dev.understudy.verdict.Verdict;
import java.util.Locale;
import java.util.Optional;

/// A verdict as the API writes it. A number that does not exist yet is null; one too large for JSON is `"Infinity"`.
public final class VerdictJson {
    private VerdictJson() {}

    static JsonNode verdict(Optional<Verdict> verdict) {
        return verdict.isPresent() ? verdict(verdict.get()) : JsonNodeFactory.instance.nullNode();
    }

    public static ObjectNode verdict(Verdict verdict) {
        ObjectNode node = Answer.object().put("declared", verdict.declared())
                .put("decision", verdict.decision().label()).put("reason", verdict.reason())
                .put("as_of", StatusJson.time(Minute.beginMillis(verdict.minute())));
        ArrayNode criteria = node.putArray("criteria");
        for (CriterionResult result : verdict.criteria()) {
            criteria.add(criterion(result).put("declared", verdict.declared()));
        }
        ArrayNode gates = node.putArray("gates");
        for (Gate gate : verdict.gates()) {
            gates.addObject().put("name", gate.name()).put("open", gate.open()).put("reason", gate.reason());
        }
        ArrayNode segments = node.putArray("segments");
        for (SegmentResult result : verdict.segments()) {
            segments.add(segment(result).put("declared", verdict.declared()));
        }
        return node.put("coverage", verdict.coverage()).put("observed", verdict.observed())
                .put("shedding", verdict.shedding())
                .put("noise", verdict.noise()).put("statement", verdict.statement());
    }

    private static ObjectNode criterion(CriterionResult result) {
        ObjectNode node = Answer.object().put("criterion", result.criterion())
                .put("outcome", result.outcome().label()).put("unit", label(result.unit()));
        number(node, "estimate", result.estimate());
        number(node, "low", result.low());
        number(node, "high", result.high());
        number(node, "limit", result.limit());
        node.put("samples", result.samples());
        number(node, "effective", result.effective());
        number(node, "design_effect", result.designEffect());
        number(node, "pass_odds", result.passOdds());
        number(node, "pass_odds_needed", result.passOddsNeeded());
        number(node, "fail_odds", result.failOdds());
        number(node, "fail_odds_needed", result.failOddsNeeded());
        if (result.moreSamples().isPresent()) {
            node.put("more_samples", result.moreSamples().getAsLong());
        } else {
            node.putNull("more_samples");
        }
        return node.put("needed", result.needed());
    }

    private static ObjectNode segment(SegmentResult result) {
        ObjectNode node = Answer.object().put("criterion", result.criterion()).put("segment", result.segment())
                .put("failing", result.failing()).put("blocks", result.blocks()).put("unit", label(result.unit()));
        number(node, "estimate", result.estimate());
        number(node, "low", result.low());
        number(node, "high", result.high());
        node.put("samples", result.samples());
        number(node, "fail_odds", result.failOdds());
        number(node, "fail_odds_needed", result.failOddsNeeded());
        return node;
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void number(ObjectNode node, String name, double value) {
        if (Double.isNaN(value)) {
            node.putNull(name);
        } else {
            node.put(name, value);
        }
    }
}
