package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `understudy diffs` against a management API that answers from a script.
@SuppressWarnings("NullAway.Init")
final class DiffsCommandTest {
    private static final String COMPARISONS = """
            [{"time":"2026-01-02T12:00:00Z","request_id":"ab-1","client_id":"\\u001b[2Jorder","segment":"digit-8","agrees":false,"severity":"Infinity","why":"shape",
              "champion":{},"challenger":{},
              "outputs":[{"output":"label","agrees":true,"severity":0,"kind":"elementwise","comparator":"identical",
                "metrics":{"max_abs":0,"rmse":0,"cosine":1}},
               {"output":"scores","agrees":false,"severity":"Infinity","why":"shape","kind":"structural","reason":"shape"}]},
             {"time":"2026-01-02T12:00:01Z","request_id":"ab-2","client_id":null,"segment":null,"agrees":true,"severity":0.25,"why":"top answer 8 became 3",
              "champion":{},"challenger":{},
              "outputs":[{"output":"scores","agrees":true,"severity":0.25,"why":"top answer 8 became 3","kind":"elementwise",
                "comparator":"same_top_answer","metrics":{"max_abs":0.125,"rmse":0.00001,"cosine":0.5},
                "scores":{"champion_top":8,"challenger_top":3}}]}]""";

    private final ScriptedApi api = new ScriptedApi();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void diffsShowTheOutputThatDiffersMost() {
        api.answers.put("/models/digits/challengers/better@fedcba98/comparisons", COMPARISONS);
        assertEquals(ExitCode.OK, api.run("diffs", "digits", "--worst", "5", "--segment", "digit 8"));
        assertEquals(List.of("/models/digits",
                "/models/digits/challengers/better%40fedcba98/comparisons?order=worst&limit=5&segment=digit%208"),
                api.asked);
        assertEquals(
                """
                        digits  challenger better  1,234 compared over all segments, agreement 97.3 %
                          severity  agrees  output          champion  challenger  max abs       rmse  cosine  segment  request  id         why
                               inf  no      scores (shape)         -           -        -          -       -  digit-8  ab-1     ?[2Jorder  shape
                            0.2500  yes     scores                 8           3   0.1250  1.000e-05  0.5000  -        ab-2     -          top answer 8 became 3
                        """,
                api.out.toString());
    }

    @Test
    void aRequestShowsItsInputsAndTheElementsThatDifferMost() throws Exception {
        api.answers.put("/models/digits/challengers/better@fedcba98/comparisons/ab-1",
                """
                        {"request_id":"ab-1","agrees":false,"why":"scores: 9 beyond","outputs":[],
                         "inputs":[{"name":"image","datatype":"FP32","shape":[1,10],"elements":10,"data":[0,1,2,3,4,5,6,7,8,9]}],
                         "champion_outputs":[
                          {"name":"scores","datatype":"FP32","shape":[2,5],"elements":10,"data":[0,0,0,0,0,0,0,0,0,"NaN"]},
                          {"name":"text","datatype":"BYTES","shape":[1],"elements":1,"data":["a"]},
                          {"name":"boxes","datatype":"FP32","shape":[1],"elements":1,"data":[1]}],
                         "challenger_outputs":[
                          {"name":"scores","datatype":"FP32","shape":[2,5],"elements":10,"data":[9,-8,7,6,5,4,0,2,1,1]},
                          {"name":"text","datatype":"BYTES","shape":[1],"elements":1,"data":["\\u001b[2J"]},
                          {"name":"boxes","datatype":"FP32","shape":[2],"elements":2,"data":[1,2]}]}""");
        assertEquals(ExitCode.OK, api.run("diffs", "digits", "--request", "ab-1"));
        assertEquals(List.of("/models/digits",
                "/models/digits/challengers/better%40fedcba98/comparisons/ab-1?max_elements=1000000"), api.asked);
        assertEquals("""
                ab-1  differs  scores: 9 beyond
                  input image FP32 [1,10]  0 1 2 3 4 5 6 7 ...
                  output scores FP32 [2,5]  9 unequal, those that differ most
                    index   champion  challenger
                    [1, 4]  NaN                1
                    [0, 0]  0                  9
                    [0, 1]  0                 -8
                    [0, 2]  0                  7
                    [0, 3]  0                  6
                    [0, 4]  0                  5
                    [1, 0]  0                  4
                    [1, 2]  0                  2
                  output text BYTES [1]  1 unequal
                    index  champion  challenger
                    [0]    a         ?[2J
                  output boxes FP32 [1]  the challenger's is FP32 [2]
                """, api.out.toString());
        api.out.getBuffer().setLength(0);
        assertEquals(ExitCode.OK, api.run("diffs", "digits", "--request", "ab-1", "--json"));
        JsonNode json = new ObjectMapper().readTree(api.out.toString());
        assertEquals(8, json.at("/inputs/0/data").size());
        assertEquals(9, json.at("/differing/0/unequal").asInt());
        assertEquals(8, json.at("/differing/0/most").size());
        assertEquals("[0,1]", json.at("/differing/0/most/2/index").toString());
        assertEquals(-8, json.at("/differing/0/most/2/challenger").asInt());
        assertEquals(ExitCode.USAGE, api.run("diffs", "digits", "--request", "ab-1", "--segment", "x"));
    }

    private static String keptWith(String why) {
        return "{\"request_id\":\"ab-1\",\"agrees\":false,\"why\":\"" + why + "\"}";
    }

    @Test
    void theChallengerThatHasTheRequestIsMeantAndOfSeveralTheOneThatIsNotRetired() {
        api.answers.put("/models/digits", """
                {"name":"digits","challengers":[
                 {"version":"2","sha256":"2222222222","state":"retired","ledger":{"compared":7}},
                 {"version":"3","sha256":"3333333333","state":"retired","ledger":{"compared":7}},
                 {"version":"4","sha256":"4444444444","state":"shadowing","ledger":{"compared":7}},
                 {"version":"5","sha256":"5555555555","state":"shadowing","ledger":{"compared":7}}]}""");
        String path = "/models/digits/challengers/%1$s@%1$s%1$s%1$s%1$s%1$s%1$s%1$s%1$s/comparisons/ab-1";
        assertEquals(ExitCode.UNREACHABLE, api.run("diffs", "digits", "--request", "ab-1"));
        assertTrue(api.err.toString().contains("were kept with no challenger of digits"), api.err.toString());
        api.answers.put(path.formatted(2), keptWith("second"));
        assertEquals(ExitCode.OK, api.run("diffs", "digits", "--request", "ab-1"));
        api.answers.put(path.formatted(4), keptWith("fourth"));
        assertEquals(ExitCode.OK, api.run("diffs", "digits", "--request", "ab-1"));
        assertEquals("ab-1  differs  second\nab-1  differs  fourth\n", api.out.toString());
        api.answers.put(path.formatted(5), keptWith("fifth"));
        assertEquals(ExitCode.USAGE, api.run("diffs", "digits", "--request", "ab-1"));
        assertTrue(api.err.toString().contains("one of 4@44444444 (shadowing), 5@55555555 (shadowing)"),
                api.err.toString());
    }

    @Test
    void whatHasNoDistanceIsNamedInItsPlace() {
        String comparison = """
                {"request_id":"r","agrees":false,"severity":"Infinity","why":"1 NaN on one side only","outputs":[
                 {"output":"scores","agrees":false,"severity":"Infinity","kind":"elementwise","comparator":"close",
                  "metrics":{"nan_mismatches":%d,"inf_mismatches":%d,"max_abs":0,"rmse":0,"cosine":1}}]}""";
        api.answers.put("/models/digits/challengers/better@fedcba98/comparisons",
                "[" + comparison.formatted(1, 1) + "," + comparison.formatted(0, 1) + "]");
        assertEquals(ExitCode.OK, api.run("diffs", "digits"));
        List<String> rows = api.out.toString().lines().toList();
        assertTrue(rows.get(2).contains("NaN on one side  "), rows::toString);
        assertTrue(rows.get(3).contains("unequal inf  "), rows::toString);
    }

    @Test
    void whichChallengerANameMeansIsTheServersToSay() {
        api.answers.put("/models/digits/challengers/2", """
                {"error":"\\"2\\" is the name of several challengers: 2@aaaaaaaa, 2@bbbbbbbb"}""");
        assertEquals(ExitCode.UNREACHABLE, api.run("diffs", "digits", "--challenger", "2"));
        assertEquals("understudy: \"2\" is the name of several challengers: 2@aaaaaaaa, 2@bbbbbbbb",
                api.err.toString().strip());
        assertEquals(ExitCode.UNREACHABLE, api.run("diffs", "digits", "--challenger", "best"));
        assertEquals(ExitCode.USAGE, api.run("diffs", "digits", "--worst", "0"));
        assertEquals(ExitCode.USAGE, api.run("diffs"));
    }

    @Test
    void anExportAppearsWholeOrNotAtAll() throws IOException {
        Path file = folder.resolve("all.parquet");
        assertEquals(ExitCode.UNREACHABLE, api.run("diffs", "digits", "--export", file.toString()));
        assertFalse(Files.exists(file));
        api.answers.put("/models/digits/challengers/better@fedcba98/export", "PAR1");
        assertEquals(ExitCode.OK, api.run("diffs", "digits", "--challenger", "better", "--export", file.toString()));
        assertArrayEquals("PAR1".getBytes(StandardCharsets.US_ASCII), Files.readAllBytes(file));
        assertEquals(ExitCode.FAILED,
                api.run("diffs", "digits", "--export", folder.resolve("no/such/folder").toString()));
        assertTrue(api.err.toString().strip().endsWith("cannot be written"), api.err.toString());
        api.answers.put("/models/digits/challengers/better@fedcba98/export", ScriptedApi.CUT);
        assertEquals(ExitCode.UNREACHABLE,
                api.run("diffs", "digits", "--export", folder.resolve("cut.parquet").toString()));
        assertTrue(api.err.toString().strip().endsWith("broke off in the middle of its answer"), api.err.toString());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }
}
