package dev.understudy.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JudgementTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static Judgement judgement(String challenger, String decision, String... failingSegments) {
        ObjectNode verdict = JSON.createObjectNode().put("decision", decision);
        for (String segment : failingSegments) {
            verdict.withArray("segments").addObject().put("segment", segment).put("failing", true);
        }
        verdict.withArray("segments").addObject().put("segment", "label=3").put("failing", false);
        return new Judgement(challenger, verdict);
    }

    private static Scene ending(long answered, long failed) {
        Latency none = new Latency(0, 0, 0, 0, 0);
        return new Scene(Act.ALL.getLast(), 30, 200, answered, failed, 0, none, none, JSON.createObjectNode(), "",
                List.of(), List.of());
    }

    @Test
    void theBetterAndTheEqualDeserveThePart() {
        for (String version : List.of(Act.BETTER, Act.EQUAL)) {
            assertTrue(judgement(version, "promote").deserved());
            assertFalse(judgement(version, "watch").deserved());
            assertFalse(judgement(version, "reject").deserved());
            assertTrue(judgement(version, "reject").wrong());
            assertFalse(judgement(version, "promote").wrong());
            assertFalse(judgement(version, "watch").wrong());
        }
    }

    @Test
    void theWorseDeservesToBeHeldBackByTheDigitItIsWorseOn() {
        assertTrue(judgement(Act.WORSE, "reject", "label=8").deserved());
        assertTrue(judgement(Act.WORSE, "watch", "label=8").deserved(), "blocked");
        assertFalse(judgement(Act.WORSE, "reject", "label=7").deserved(), "not named");
        assertFalse(judgement(Act.WORSE, "watch").deserved());
        assertFalse(judgement(Act.WORSE, "promote", "label=8").deserved());
        assertTrue(judgement(Act.WORSE, "promote").wrong());
        assertFalse(judgement(Act.WORSE, "reject").wrong());
        assertFalse(judgement(Act.WORSE, "watch").wrong());
    }

    @Test
    void allAreOfOneMomentAndOnlyOnThoseWhoWereCompared() {
        ObjectNode model = JSON.createObjectNode();
        for (String version : List.of(Act.EQUAL, Act.WORSE, Act.BETTER, Act.BROKEN)) {
            ObjectNode challenger = model.withArray("challengers").addObject().put("version", version);
            challenger.putObject("ledger").put("compared", version.equals(Act.BETTER) ? 0 : 7);
            challenger.putObject("verdict").put("decision", version.equals(Act.EQUAL) ? "promote" : "watch");
        }
        List<Judgement> all = Judgement.all(model);
        assertEquals(List.of(Act.WORSE, Act.EQUAL), all.stream().map(Judgement::challenger).toList());
        assertEquals(List.of("watch", "promote"), all.stream().map(each -> each.sheet().decision()).toList());
    }

    @Test
    void oneWrongVerdictOrOneFailedRequestFailsTheDemo() {
        List<Judgement> right = List.of(judgement(Act.WORSE, "reject", "label=8"), judgement(Act.BETTER, "promote"),
                judgement(Act.EQUAL, "watch"));
        assertTrue(DemoCommand.succeeded(true, ending(100, 0), right));
        assertFalse(DemoCommand.succeeded(false, ending(100, 0), right));
        assertFalse(DemoCommand.succeeded(true, ending(100, 1), right));
        assertFalse(DemoCommand.succeeded(true, ending(0, 0), right));
        for (Judgement wrong : List.of(judgement(Act.WORSE, "promote"), judgement(Act.BETTER, "reject"),
                judgement(Act.EQUAL, "reject"))) {
            assertFalse(DemoCommand.succeeded(true, ending(100, 0), List.of(right.get(0), right.get(1), wrong)));
        }
    }
}
