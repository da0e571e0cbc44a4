package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What the journal holds of a challenger's requests, over the management API.
final class RecordsApiTest extends ManagementStage {
    @Test
    void comparisonsAreTheWorstTwentyUnlessAskedOtherwise() throws Exception {
        caller.json(CHALLENGER + "/comparisons");
        caller.json(CHALLENGER + "/comparisons?order=newest&limit=3&segment=a%20b%2Fc");

        assertEquals(List.of("comparisons 1 WORST 20 null", "comparisons 1 NEWEST 3 a b/c"), view.asked);
    }

    @Test
    void comparisonHoldsTheMetricsAndWritesWhatIsNotFiniteAsStrings() throws Exception {
        view.comparisons = List.of(Cast.stored("r1"));

        JsonNode comparison = caller.json(CHALLENGER + "/comparisons").get(0);

        assertEquals("2023-11-14T22:13:20.123Z", comparison.get("time").textValue());
        assertEquals("r1", comparison.get("request_id").textValue());
        assertEquals("order-7", comparison.get("client_id").textValue());
        assertEquals("night", comparison.get("segment").textValue());
        assertFalse(comparison.get("agrees").booleanValue());
        assertEquals("Infinity", comparison.get("severity").textValue());
        assertEquals(2_000, comparison.at("/challenger/nanos").longValue());
        assertEquals(32, comparison.at("/challenger/rows").longValue());
        assertEquals(4, comparison.at("/champion/rows").longValue());
        assertEquals(42, comparison.get("sequence").longValue());
        assertTrue(comparison.get("captured").booleanValue());
        assertEquals("elementwise", comparison.at("/outputs/0/kind").textValue());
        assertEquals(0.5, comparison.at("/outputs/0/metrics/max_abs").doubleValue());
        assertEquals("Infinity", comparison.at("/outputs/0/metrics/max_rel").textValue());
        assertEquals("NaN", comparison.at("/outputs/0/metrics/cosine").textValue());
        assertEquals(8, comparison.at("/outputs/0/scores/challenger_top").intValue());
        assertEquals("structural", comparison.at("/outputs/1/kind").textValue());
        assertEquals("shape: champion [1], challenger [2]", comparison.at("/outputs/1/reason").textValue());
    }

    @Test
    void captureHoldsInputsAndBothOutputsAndAnUnknownRequestIsNotFound() throws Exception {
        view.capture = Cast.capture("r1");

        JsonNode capture = caller.json(CHALLENGER + "/comparisons/r1?max_elements=2");

        assertEquals("night", capture.get("segment").textValue());
        assertEquals(Caller.JSON.readTree("""
                [{"name":"pixels","datatype":"FP32","shape":[1,3],"elements":3,"data":[0.0,0.5]}]"""),
                capture.get("inputs"));
        assertEquals("three", capture.at("/champion_outputs/0/data/0").textValue());
        assertEquals("eight", capture.at("/challenger_outputs/0/data/0").textValue());
        JsonNode distances = capture.at("/outputs/0/distances");
        assertEquals(-0.5, distances.get("margin_change").doubleValue());
        assertEquals(0.25, distances.get("total_variation").doubleValue());
        assertEquals(0.75 * Math.log(1.5) - 0.25 * Math.log(2), distances.get("kullback_leibler").doubleValue(), 1e-9);
        assertTrue(distances.get("jensen_shannon").doubleValue() > 0, distances::toString);
        assertEquals("the tensors of request \"r2\" are not kept",
                caller.error(404, CHALLENGER + "/comparisons/r2"));
    }

    @Test
    void exportIsTheJournalsFileAndLeavesNothingBehind() throws Exception {
        view.export = new byte[300_000];
        view.export[299_999] = 7;

        HttpResponse<byte[]> response = caller.get(CHALLENGER + "/export?format=parquet");
        server.close();

        assertEquals(200, response.statusCode());
        assertArrayEquals(view.export, response.body());
        assertEquals("attachment; filename=\"digits-2@1f0c22ab.parquet\"",
                response.headers().firstValue("content-disposition").orElse(""));
        Path folder = Objects.requireNonNull(view.exportFiles.getFirst().getParent());
        assertFalse(Files.exists(folder), folder::toString);
    }
}
