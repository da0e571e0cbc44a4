package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ModelStatus.Effect;
import dev.understudy.engine.NoiseStatus;
import dev.understudy.journal.JournalEvent;
import dev.understudy.journal.JournalException;
import dev.understudy.journal.Position;
import dev.understudy.server.management.ControlView.JournalHealth;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ManagementApiTest extends ManagementStage {
    @Test
    void modelIsTheContractsJsonWithEveryReason() throws Exception {
        JsonNode expected = Caller.JSON.readTree(
                """
                        {"name":"digits","champion":{"version":"1","sha256":"%s"},"challengers":[
                         {"version":"2","sha256":"%s","state":"shadowing","reason":"","sample_rate":0.75,
                          "ledger":{"sampled":150,"compared":100,
                           "shed":{"reduced_rate":0,"queue_full":20,"bytes_full":0,"stale":7,"over_budget":0,"starved":0,
                                   "retired":0},
                           "failed":{"run":0,"timeout":3,"incompatible":0},"in_flight":20},
                          "agreement":0.96,"isolation":"paced",
                          "effort":{"sample_rate":0.375,"device_seconds":1.5,"memory_bytes":3000,
                           "memory_peak_bytes":2000,"cost_ratio":0.25},
                          "probes":{"sampled":9,"compared":5,
                           "shed":{"reduced_rate":0,"queue_full":0,"bytes_full":0,"stale":0,"over_budget":3,"starved":0,
                                   "retired":0},
                           "failed":{"run":1,"timeout":0,"incompatible":0},"in_flight":0},
                          "reruns":{"sampled":11,"compared":8,
                           "shed":{"reduced_rate":0,"queue_full":0,"bytes_full":0,"stale":0,"over_budget":2,"starved":0,
                                   "retired":0},
                           "failed":{"run":0,"timeout":0,"incompatible":0},"in_flight":1},
                          "verdict":%s,"served":200,"coverage":0.5,"agreed":96}],
                         "sample_rate":0.75,
                         "effect":{"device_seconds":12.0,"duty":0.5,"latency_ratio_p50":1.02,"latency_ratio_p95":1.05,
                          "latency_ratio_p99":1.5},"alerts":[],"criteria":{"text":"","declared":false,"fingerprint":"%s",
                          "source":"model_yaml","set_by":null,"set_at":null},"noise_floor":%s}"""
                        .formatted(Cast.CHAMPION_SHA, Cast.CHALLENGER_SHA, Cast.VERDICT,
                                Cast.criteria().criteria().fingerprint(), Cast.NOISE));

        assertEquals(expected, Caller.JSON.readTree(caller.get("/models/digits").body()));
        view.alerts = List.of("the file stray.onnx lies outside of any model's folder");
        JsonNode all = Caller.JSON.readTree(caller.get("/models").body());
        assertEquals(Caller.JSON.createArrayNode().add(expected), all.get("models"));
        assertEquals(Caller.JSON.createArrayNode().add("the file stray.onnx lies outside of any model's folder"),
                all.get("alerts"), "what concerns no model");
    }

    @Test
    void agreementIsNullBeforeTheFirstComparisonAndChampionIsNullWithoutOne() throws Exception {
        view.models = List.of(new ModelStatus("new", Optional.empty(),
                List.of(Cast.alone("bad", Cast.OTHER_SHA, "its inputs differ")), 1, Effect.UNKNOWN,
                List.of("nothing serves"), Cast.criteria(), NoiseStatus.NONE));

        JsonNode model = caller.json("/models/new");

        assertTrue(model.get("champion").isNull());
        assertTrue(model.at("/challengers/0/agreement").isNull());
        assertEquals("its inputs differ", model.at("/challengers/0/reason").textValue());
        assertTrue(model.at("/challengers/0/effort/cost_ratio").isNull());
        assertTrue(model.at("/effect/latency_ratio_p99").isNull());
        assertEquals("nothing serves", model.at("/alerts/0").textValue());
        assertTrue(caller.json("/models/new/challengers/bad").get("since").isNull());
        assertEquals("model \"new\" has no champion to compare with",
                caller.error(404, "/models/new/challengers/bad/comparisons"));
    }

    @Test
    void whatIsAskedOfTheJournalIsTheChallengersOwnEvaluation() throws Exception {
        view.models = List.of(Cast.model("digits", Cast.challenger("2", Cast.CHALLENGER_SHA)));
        for (String path : List.of("", "/comparisons", "/export")) {
            assertEquals(200, caller.get("/models/digits/challengers/2" + path).statusCode());
        }
        assertEquals(Collections.nCopies(3, Cast.pair(Cast.CHALLENGER_SHA)), view.pairs);
    }

    @Test
    void aVerdictOnAChallengerComesWithItsChampionsNoiseFloor() throws Exception {
        JsonNode sheet = caller.json("/models/digits/challengers/2/verdict");
        assertEquals(Caller.JSON.readTree(Cast.NOISE), sheet.get("noise_floor"));
        assertEquals("reject", sheet.get("decision").textValue());
    }

    @Test
    void aVerdictComesWithWhatIsDeclaredForItsModelAndNotInForce() throws Exception {
        String alert = "comparators: the model has no output scroes; it has scores";
        ModelStatus model = view.models.getFirst();
        view.models = List.of(new ModelStatus(model.name(), model.champion(), model.challengers(), model.sampleRate(),
                model.effect(), List.of(alert), model.criteria(), model.noise()));
        assertEquals(Caller.JSON.createArrayNode().add(alert),
                caller.json("/models/digits/challengers/2/verdict").get("alerts"));
    }

    @Test
    void challengerIsFoundByNameOrByBytesAndAnAmbiguousNameIsRefusedWithItsCandidates() throws Exception {
        view.models = List.of(Cast.model("digits", Cast.challenger("2", Cast.CHALLENGER_SHA),
                Cast.challenger("2@2e9d33cd", Cast.OTHER_SHA), Cast.challenger("3", "d".repeat(64))));

        assertEquals(Cast.CHALLENGER_SHA,
                caller.json("/models/digits/challengers/2@1f0c22ab").get("sha256").textValue());
        assertEquals(Cast.OTHER_SHA,
                caller.json("/models/digits/challengers/2@" + Cast.OTHER_SHA).get("sha256").textValue());
        assertEquals("1970-01-01T00:00:01Z", caller.json("/models/digits/challengers/3").get("since").textValue());
        HttpResponse<byte[]> ambiguous = caller.get("/models/digits/challengers/2");
        assertEquals(409, ambiguous.statusCode());
        assertEquals(Caller.JSON.readTree("""
                {"error":"\\"2\\" is the name of several challengers: 2@1f0c22ab, 2@2e9d33cd",
                 "candidates":["2@1f0c22ab","2@2e9d33cd"]}"""), Caller.JSON.readTree(ambiguous.body()));
        assertEquals("model \"digits\" has no challenger \"2@1f\"",
                caller.error(404, "/models/digits/challengers/2@1f"));
        assertEquals("unknown model \"other\"", caller.error(404, "/models/other/challengers/2"));
    }

    @Test
    void eventsAreListedAsTheJournalGivesThem() throws Exception {
        view.events = List.of(Cast.event(JournalEvent.Kind.REFUSED, "its inputs differ"));

        JsonNode events = caller.json("/models/digits/events?limit=7");

        assertEquals(List.of("events digits 7"), view.asked);
        assertEquals(Caller.JSON.readTree("""
                [{"time":"2023-11-14T22:13:20Z","kind":"refused","version":"2","sha256":"%s",
                  "detail":"its inputs differ"}]""".formatted(Cast.CHALLENGER_SHA)), events);
    }

    @Test
    void samplingIsReadAndSet() throws Exception {
        assertEquals(0.75, caller.json("/models/digits/sampling").get("rate").doubleValue());

        HttpResponse<byte[]> put = caller.send("PUT", "/models/digits/sampling", "{\"rate\": 0.25}");

        assertEquals("{\"rate\":0.25}", Caller.text(put));
        assertEquals("{\"rate\":0.0}",
                Caller.text(caller.send("PUT", "/models/digits/sampling", "{\"rate\": -0.0}")));
        assertEquals(List.of("sampling digits 0.25", "sampling digits 0.0"), view.asked);
        assertEquals("unknown model \"other\"", caller.error(404, "PUT", "/models/other/sampling", "{\"rate\":1}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "{", "[]", "1", "null", "{}", "{\"rate\":\"1\"}", "{\"rate\":null}", "{\"rate\":NaN}",
        "{\"rate\":-0.1}", "{\"rate\":1.01}", "{\"rate\":1e999}", "{\"rate\":1,\"rate\":0}",
        "{\"rate\":1,\"other\":2}", "{\"rate\":1} {}"})
    void badSamplingBodyIsRefusedAndChangesNothing(String body) throws Exception {
        assertTrue(caller.error(400, "PUT", "/models/digits/sampling", body).contains("rate"));
        assertEquals(List.of(), view.asked);
    }

    @ParameterizedTest
    @CsvSource({"/comparisons?order=best, order must be worst or newest",
        "/comparisons?limit=0, limit must be a whole number within 1 and 1000",
        "/comparisons?limit=1001, limit must be a whole number within 1 and 1000",
        "/comparisons?limit=ten, limit must be a whole number within 1 and 1000",
        "/comparisons?limit=1&limit=2, parameter \"limit\" is given twice",
        "/comparisons/r1?max_elements=-1, max_elements must be a whole number within 1 and 1000000",
        "/export?format=csv, format must be parquet"})
    void badParameterIsRefusedInWords(String path, String message) throws Exception {
        assertEquals(message, caller.error(400, CHALLENGER + path));
        assertEquals(List.of(), view.asked);
    }

    @Test
    void unknownParameterIsRefusedWithTheKnownOnes() throws Exception {
        assertEquals("unknown parameter \"sort\", known are limit, order, segment",
                caller.error(400, CHALLENGER + "/comparisons?sort=worst"));
        assertEquals("unknown parameter \"x\": there are none here", caller.error(400, "/models?x=1"));
        assertEquals(200, caller.get("/health?x=1").statusCode());
    }

    @Test
    void whatIsNotThereIsRefusedInTheSameShape() throws Exception {
        assertEquals("no such path, see /openapi.json", caller.error(404, "/nothing"));
        assertEquals("this path knows GET", caller.error(405, "DELETE", "/models/digits", ""));
        assertEquals("GET, PUT",
                caller.send("POST", "/models/digits/sampling", "{}").headers().firstValue("allow").orElse(""));
        assertTrue(caller.error(413, "PUT", "/models/digits/sampling", " ".repeat(5000)).contains("4096"));
        assertEquals(400, caller.statusWithHost("localhost", "/models?x=%zz"));
    }

    @Test
    void aFaultIsToldToTheOperatorAndNotToTheCaller() throws Exception {
        view.statusFault = new IllegalStateException("secret /var/lib/understudy/journal.db");

        String error = caller.error(500, "/models");

        assertEquals("internal error, see the server's log", error);
        assertEquals(1, view.faults.size());
        assertTrue(view.faults.getFirst().contains("secret"), view.faults::toString);
    }

    @Test
    void aJournalThatCannotBeReadIsUnavailableAndTheModelsAreStillShown() throws Exception {
        view.journalFault = new JournalException("the journal is closed");

        assertEquals("the journal cannot be read at the moment", caller.error(503, CHALLENGER + "/comparisons"));
        assertEquals("the journal cannot be read at the moment", caller.error(503, CHALLENGER + "/export"));
        assertEquals("digits", caller.json("/models").at("/models/0/name").textValue());
        assertTrue(caller.json(CHALLENGER).at("/ledger/sampled").isNumber());
        assertTrue(caller.json(CHALLENGER).at("/since").isNull());
        assertFalse(Files.exists(Objects.requireNonNull(view.exportFiles.getFirst().getParent())));
    }

    @Test
    void healthIs503OnlyWhenChampionsCannotAnswer() throws Exception {
        assertEquals(Caller.JSON.readTree("""
                {"status":"ok","ready":true,"journal":{"failure":null,"lost_rows":0,"committed_sequence":0,
                 "committed_time":null}}"""), caller.json("/health"));

        view.health = new JournalHealth(
                Optional.of("IO Error: Could not write \"/var/lib/u/journal.db\": disk full\nat"),
                3, new Position(9, 1_000));
        assertEquals(Caller.JSON.readTree("""
                {"status":"degraded","ready":true,"journal":{
                 "failure":"IO Error: Could not write \\"(file)\\": disk full","lost_rows":3,"committed_sequence":9,
                 "committed_time":"1970-01-01T00:00:01Z"}}"""), caller.json("/health"));

        view.ready = false;
        HttpResponse<byte[]> unready = caller.get("/health");
        assertEquals(503, unready.statusCode());
        assertEquals("unavailable", Caller.JSON.readTree(unready.body()).get("status").textValue());
        assertEquals(503, caller.send("HEAD", "/health", "").statusCode());
    }
}
