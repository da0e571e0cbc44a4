package dev.understudy.server.management;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.diff.OutputDifference;
import dev.understudy.diff.OutputDifference.Elementwise;
import dev.understudy.diff.OutputDifference.ScoreMetrics;
import dev.understudy.diff.OutputDifference.Structural;
import dev.understudy.diff.ScoreDistances;
import dev.understudy.diff.TensorMetrics;
import dev.understudy.journal.Capture;
import dev.understudy.journal.Comparison;
import dev.understudy.journal.StoredComparison;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Comparisons and captures as the API writes them. JSON has no word for a double that is not finite: those are the
/// strings `"NaN"`, `"Infinity"` and `"-Infinity"`.
final class ComparisonJson {
    private ComparisonJson() {}

    static ArrayNode comparisons(List<StoredComparison> comparisons) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (StoredComparison stored : comparisons) {
            array.add(comparison(stored.comparison()).put("sequence", stored.sequence()).put("captured",
                    stored.captured()));
        }
        return array;
    }

    static ObjectNode comparison(Comparison comparison) {
        ObjectNode node = Answer.object().put("time", StatusJson.time(comparison.timeMillis()))
                .put("request_id", comparison.requestId()).put("client_id", comparison.clientId())
                .put("segment", comparison.segment())
                .put("agrees", comparison.difference().agrees()).put("severity", comparison.difference().severity())
                .put("why", comparison.difference().why());
        node.putObject("champion").put("sha256", comparison.pair().champion())
                .put("nanos", comparison.championNanos()).put("rows", comparison.championRows());
        node.putObject("challenger").put("sha256", comparison.pair().challenger())
                .put("nanos", comparison.challengerNanos()).put("rows", comparison.challengerRows());
        ArrayNode outputs = node.putArray("outputs");
        for (OutputDifference output : comparison.difference().outputs()) {
            outputs.add(output(output));
        }
        return node;
    }

    /// A comparison and its tensors, as JSON text; written in one pass because tensors may be large.
    ///
    /// @param elementsMax elements of each tensor that are written; the tensor's `elements` says how many there are
    static String capture(Capture capture, int elementsMax) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Answer.MAPPER.createGenerator(text)) {
            json.writeStartObject();
            for (Map.Entry<String, JsonNode> field : withDistances(capture).properties()) {
                json.writeFieldName(field.getKey());
                Answer.MAPPER.writeTree(json, field.getValue());
            }
            tensors(json, "inputs", capture.inputs(), elementsMax);
            tensors(json, "champion_outputs", capture.championOutputs(), elementsMax);
            tensors(json, "challenger_outputs", capture.challengerOutputs(), elementsMax);
            json.writeEndObject();
        }
        return text.toString();
    }

    /// The comparison, with what only its tensors tell of score vectors.
    private static ObjectNode withDistances(Capture capture) {
        ObjectNode comparison = comparison(capture.comparison());
        for (JsonNode output : comparison.path("outputs")) {
            if (output instanceof ObjectNode scored && scored.has("scores")) {
                Optional<Tensor> champion = named(capture.championOutputs(), scored.path("output").asText());
                Optional<Tensor> challenger = named(capture.challengerOutputs(), scored.path("output").asText());
                champion.flatMap(one -> challenger.flatMap(other -> ScoreDistances.of(one, other)))
                        .ifPresent(distances -> scored.set("distances", distances(distances)));
            }
        }
        return comparison;
    }

    private static Optional<Tensor> named(List<Tensor> tensors, String name) {
        return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
    }

    private static ObjectNode distances(ScoreDistances distances) {
        return Answer.object().put("margin_change", distances.marginChange())
                .put("total_variation", distances.totalVariation()).put("jensen_shannon", distances.jensenShannon())
                .put("kullback_leibler", distances.kullbackLeibler());
    }

    private static void tensors(JsonGenerator json, String name, List<Tensor> tensors, int elementsMax)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Tensor tensor : tensors) {
            TensorJson.write(json, tensor, elementsMax);
        }
        json.writeEndArray();
    }

    private static ObjectNode output(OutputDifference difference) {
        ObjectNode node = Answer.object().put("output", difference.output()).put("agrees", difference.agrees())
                .put("severity", difference.severity());
        switch (difference) {
            case Structural structural -> node.put("kind", "structural").put("reason", structural.reason());
            case Elementwise elementwise -> {
                node.put("kind", "elementwise").put("comparator", elementwise.comparator());
                node.set("metrics", metrics(elementwise.metrics()));
                ScoreMetrics scores = elementwise.scores();
                if (scores != null) {
                    node.set("scores", scores(scores));
                }
            }
        }
        return node;
    }

    private static ObjectNode metrics(TensorMetrics metrics) {
        return Answer.object().put("elements", metrics.elements()).put("unequal", metrics.unequal())
                .put("nan_mismatches", metrics.nanMismatches()).put("inf_mismatches", metrics.infMismatches())
                .put("max_abs", metrics.maxAbs()).put("max_rel", metrics.maxRel()).put("mean_abs", metrics.meanAbs())
                .put("rmse", metrics.rmse()).put("cosine", metrics.cosine()).put("max_ulp", metrics.maxUlp())
                .put("needed_tolerance", metrics.neededTolerance()).put("beyond_tolerance", metrics.beyondTolerance());
    }

    private static ObjectNode scores(ScoreMetrics scores) {
        return Answer.object().put("rows", scores.rows()).put("top_flips", scores.topFlips())
                .put("top_k_overlap", scores.topKOverlap()).put("k", scores.k())
                .put("champion_top", scores.championTop()).put("challenger_top", scores.challengerTop());
    }
}
