package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.journal.JournalException;
import dev.understudy.journal.Label;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What people say to the judge over the management API: labels and criteria.
final class JudgingApiTest extends ManagementStage {
    @Test
    void labelsReachTheJournalAndWhatBecameOfThemIsAnswered() throws Exception {
        HttpResponse<byte[]> answer = caller.send("POST", "/models/digits/feedback",
                "request_id,label\nr1,3\nr9,8\n", "Content-Type", "text/csv");
        assertEquals(200, answer.statusCode());
        assertEquals(List.of(new Label("r1", List.of("3")), new Label("r9", List.of("8"))), view.labels);
        assertEquals(Caller.JSON.readTree("""
                {"received":2,"joined":1,"repeated":0,"unknown":1,"unfit":0,"unknown_ids":["r9"],"unfit_ids":[]}"""),
                Caller.JSON.readTree(answer.body()));
        assertEquals(Caller.JSON.readTree("""
                {"received":10,"joined":5,"repeated":2,"unknown":2,"unfit":1,"joined_later":1}"""),
                caller.json("/models/digits/feedback"));
    }

    @Test
    void feedbackThatCannotBeTakenIsRefusedWithTheReason() throws Exception {
        assertTrue(caller.error(400, "POST", "/models/digits/feedback", "{\"request_id\": \"r\"}")
                .startsWith("line 1: give either label"));
        assertTrue(caller.error(413, "POST", "/models/digits/feedback", " ".repeat((8 << 20) + 1)).contains("8388608"));
        assertEquals("criteria: the model has no output logits", caller.error(400, "PUT", "/models/digits/criteria",
                "promote_when:\n- agreement: {at_least: 95%, output: logits}"));
        assertEquals("unknown model \"letters\"", caller.error(404, "POST", "/models/letters/feedback", "[]"));
        view.journalFault = new JournalException("the disk is full");
        caller.error(503, "POST", "/models/digits/feedback", "{\"request_id\": \"r\", \"label\": 1}");
        view.task = null;
        assertTrue(caller.error(409, "POST", "/models/digits/feedback", "{}").contains("task: {type: classification"));
        assertEquals(List.of(), view.labels);
    }

    @Test
    void criteriaAreShownSetAndTakenBackWithWhoDidIt() throws Exception {
        assertEquals("model_yaml", caller.json("/models/digits/criteria").get("source").textValue());
        HttpResponse<byte[]> set = caller.send("PUT", "/models/digits/criteria",
                "promote_when: [agreement: {at_least: 95%}]", "understudy-operator", "ann\u00a0lee");
        assertEquals(200, set.statusCode(), () -> Caller.text(set));
        JsonNode body = Caller.JSON.readTree(set.body());
        assertEquals("api", body.get("source").textValue());
        assertTrue(body.get("set_by").textValue().startsWith("ann"), body::toString);
        assertTrue(body.get("set_by").textValue().endsWith(" (127.0.0.1)"), body::toString);
        assertEquals("1970-01-01T00:00:01Z", body.get("set_at").textValue());
        assertEquals(200, caller.send("DELETE", "/models/digits/criteria", "").statusCode());
        assertEquals(2, view.asked.size());
        assertEquals("criteria digits  127.0.0.1", view.asked.getLast());
    }

    /// As curl sends what it is given with `-d` or `--data-binary`.
    @Test
    void whatCurlCallsAFormIsReadAsItIs() throws Exception {
        String form = "application/x-www-form-urlencoded";
        assertEquals(200, caller.send("PUT", "/models/digits/criteria", "promote_when:\n- agreement: {at_least: 90%}",
                "Content-Type", form).statusCode());
        assertEquals(200, caller.send("POST", "/models/digits/feedback", "{\"request_id\": \"a\", \"label\": \"100%\"}",
                "Content-Type", form).statusCode());
    }

    @Test
    void criteriaThatCannotBeUsedAreRefusedWithTheirLine() throws Exception {
        assertTrue(caller.error(400, "PUT", "/models/digits/criteria", "promote_when:\n- agrement: {at_least: 95%}")
                .startsWith("line 2: unknown criterion agrement"));
        assertTrue(caller.error(400, "PUT", "/models/digits/criteria", "").contains("DELETE"));
        assertEquals("unknown model \"letters\"",
                caller.error(404, "PUT", "/models/letters/criteria", "promote_when: [errors: {at_most: 1%}]"));
        view.criteriaFault = true;
        assertTrue(caller.error(503, "PUT", "/models/digits/criteria", "promote_when: [errors: {at_most: 1%}]")
                .contains("those before stay"));
        assertEquals(1, view.faults.size());
    }
}
