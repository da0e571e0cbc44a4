package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StatusPageTest {
    static final String MODEL = """
            {"name":"digits","champion":{"version":"1","sha256":"0123456789abcdef"},"sample_rate":1.0,
             "alerts":["the champion's file is gone"],
             "effect":{"device_seconds":12,"duty":0.5,"latency_ratio_p50":1.02,"latency_ratio_p95":1.04,
                       "latency_ratio_p99":1.1},
             "challengers":[
              {"version":"better","sha256":"fedcba9876543210","state":"shadowing","reason":"","agreement":0.9731,"sample_rate":1.0,
               "effort":{"sample_rate":0.25,"device_seconds":1,"cost_ratio":0.314},
               "served":1240,"coverage":0.9951,"agreed":1201,
               "verdict":{"decision":"watch","reason":"Not yet: undecided: agreement: {at_least: 99%}."},
               "ledger":{"sampled":1238,"compared":1234,"shed":{"queue_full":3,"stale":0},"failed":{"run":1},"in_flight":0}},
              {"version":"broken","sha256":"aaaabbbbccccdddd","state":"refused","reason":"wants FP64","agreement":null,
               "ledger":{"sampled":0,"compared":0,"shed":{},"failed":{},"in_flight":0}}]}""";

    static JsonNode json(String text) throws Exception {
        return JsonMapper.builder().build().readTree(text);
    }

    @Test
    void aModelIsShownWithItsChallengersAndWhatWasLost() throws Exception {
        assertEquals(
                """
                        digits  champion 1 01234567  sampling 100 %
                          challenger  sha256    state      of served  compared  agreement  shed  failed  in flight   cost  verdict
                          better      fedcba98  shadowing     99.5 %     1,234     97.3 %     3       1          0  0.31x  watch
                          broken      aaaabbbb  refused            -         0          -     0       0          0      -  -
                          better takes 25.0 % of the requests for now, since it cannot keep up
                          better verdict: Not yet: undecided: agreement: {at_least: 99%}.
                          better lost: shed queue_full 3, failed run 1
                          broken refused: wants FP64
                          while challengers run the champion takes 1.02x (median), 1.04x (p95), 1.10x (p99) of its time in their pauses, in the server's last 40 s
                          challengers are held back to 50.0 % of the time, since the champion is slower while they run
                          alert the champion's file is gone""",
                String.join("\n", StatusCommand.lines(json(MODEL), Terminal.PLAIN)));
    }

    @Test
    void howFarANoiseFloorIsIsSaidWhereAToleranceWaitsForIt() throws Exception {
        String model = """
                {"name":"m","champion":null,"challengers":[],"sample_rate":1,
                 "noise_floor":{"status":"calibrating, 120 of 500","automatic":[%s],"outputs":[]}}""";
        List<String> waits = StatusCommand.lines(json(model.formatted("\"scores\"")), Terminal.PLAIN);
        assertTrue(waits.contains("  tolerance: auto is calibrating, 120 of 500"), waits::toString);
        assertEquals(waits.size() - 1, StatusCommand.lines(json(model.formatted("")), Terminal.PLAIN).size());
    }

    @Test
    void nothingToShowIsSaid() throws Exception {
        assertEquals(List.of("no models"), StatusCommand.lines(json("{\"models\":[],\"alerts\":[]}"), Terminal.PLAIN));
        assertEquals(
                List.of("m  no champion  sampling 50.0 %",
                        "  no challengers; copy another version into the repository"),
                StatusCommand.lines(json(
                        "{\"models\":[{\"name\":\"m\",\"champion\":null,\"challengers\":[],\"sample_rate\":0.5}]}"),
                        Terminal.PLAIN));
    }

    @Test
    void almostAllIsNeverShownAsAll() {
        assertEquals("100 %", StatusPage.percent(1));
        assertEquals("99.9 %", StatusPage.percent(0.99999));
        assertEquals("29.0 %", StatusPage.percent(0.29));
        assertEquals("-", StatusPage.percent(Double.NaN));
    }

    @Test
    void aNameOfAnyLengthLeavesTheTableReadable() throws Exception {
        String page = String.join("\n",
                StatusCommand.lines(json(MODEL.replace("\"better\"", "\"" + "x".repeat(240) + "\"")),
                        Terminal.PLAIN));
        assertTrue(page.contains("x".repeat(39) + "…"), page);
        assertTrue(page.lines().filter(line -> line.contains("shadowing")).allMatch(line -> line.length() < 160), page);
    }
}
