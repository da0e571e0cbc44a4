package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What whoever runs a real server is told and refused.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class DegradedEndToEndTest {
    @Test
    void aServerOnADamagedJournalAnswersAndSaysThatItIsDegraded(@TempDir Path folder) throws Exception {
        try (DigitsServer served = new DigitsServer(folder, "")) {
            served.stop();
            Path file = Path.of(served.state(), "journal", "journal.duckdb");
            byte[] garbage = "this was a journal once".repeat(1000).getBytes(StandardCharsets.UTF_8);
            Files.write(file, garbage);
            served.restart();
            served.drop("equal");
            assertEquals(20, served.play("equal", 20).size(), "every request has its answer");
            JsonNode health = served.json("GET", "/health", "");
            assertEquals("degraded", health.path("status").asText(), health::toString);
            assertTrue(health.path("ready").asBoolean());
            assertTrue(health.at("/journal/failure").asText().startsWith("journal.duckdb is damaged or not a journal"),
                    health::toString);
            assertTrue(served.call("GET", "/metrics", "").body().contains("\nunderstudy_journal_failed 1\n"));
            String status = served.run("status").out();
            assertTrue(status.contains("alert degraded: the journal fails") && status.contains("journal.duckdb"),
                    status);
            served.stop();
            assertArrayEquals(garbage, Files.readAllBytes(file));
        }
    }

    @Test
    void aCriterionOnAnOutputTheModelDoesNotHaveIsRefusedWithThoseItHas(@TempDir Path folder) throws Exception {
        try (DigitsServer served = new DigitsServer(folder,
                "criteria: {promote_when: [agreement: {at_least: 95%, output: logits}]}")) {
            String alerts = served.json("GET", "/models/digits", "").path("alerts").toString();
            assertTrue(alerts.contains("criteria: the model has no output logits; it has "), alerts);
            for (String asked : new String[]{"output: logits", "output: logits, agree_means: same_top_answer"}) {
                HttpResponse<String> refused = served.call("PUT", "/models/digits/criteria",
                        "promote_when: [agreement: {at_least: 95%, " + asked + "}]");
                assertEquals(400, refused.statusCode(), refused::body);
                assertTrue(refused.body().startsWith("{\"error\":\"criteria")
                        && refused.body().contains("the model has no output logits; it has ")
                        && refused.body().contains("probabilities"), refused.body());
            }
            assertEquals("model_yaml", served.json("GET", "/models/digits/criteria", "").path("source").asText());
            assertEquals(200, served.call("PUT", "/models/digits/criteria",
                    "promote_when: [agreement: {at_least: 95%, output: probabilities}]").statusCode());
        }
    }
}
