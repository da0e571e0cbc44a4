package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.understudy.journal.Label;
import dev.understudy.verdict.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What callers may send as labels, and what they are told otherwise.
final class FeedbackBodyTest {
    private static final Task DIGITS = new Task(Task.Type.CLASSIFICATION, "probabilities", List.of());
    private static final Task ANIMALS = new Task(Task.Type.CLASSIFICATION, "animal", List.of("cat", "dog"));
    private static final Task PRICE = new Task(Task.Type.REGRESSION, "price", List.of());
    private static final List<Label> TWO = List.of(new Label("a-1", List.of("3")), new Label("a-2", List.of("8")));

    private static List<Label> labels(Task task, @Nullable String contentType, String body) {
        return assertInstanceOf(FeedbackBody.Valid.class, FeedbackBody.of(task, contentType, body), body).labels();
    }

    private static String refusal(Task task, @Nullable String contentType, String body) {
        return assertInstanceOf(FeedbackBody.Invalid.class, FeedbackBody.of(task, contentType, body), body).reason();
    }

    @Test
    void oneObjectAnArrayJsonLinesAndCsvSayTheSame() {
        String first = "{\"request_id\": \"a-1\", \"label\": 3}";
        String second = "{\"request_id\":\"a-2\",\"label\":\"8\"}";
        assertEquals(TWO.subList(0, 1), labels(DIGITS, "application/json", first));
        assertEquals(TWO, labels(DIGITS, "application/json", "[" + first + ",\n" + second + "]"));
        assertEquals(TWO, labels(DIGITS, "application/x-ndjson", first + "\n" + second + "\n"));
        assertEquals(TWO, labels(DIGITS, null, first + "\n\n" + second));
        assertEquals(TWO, labels(DIGITS, "text/csv; charset=utf-8", "request_id,label\na-1,3\n\"a-2\", 8\n"));
        assertEquals(TWO, labels(DIGITS, "text/csv", "label,request_id\r\n3,a-1\r\n8,a-2"));
    }

    @Test
    void aRequestOfSeveralRowsHasALabelForEach() {
        assertEquals(List.of(new Label("r", List.of("dog", "0"))),
                labels(ANIMALS, null, "{\"request_id\": \"r\", \"labels\": [\"dog\", 0]}"));
        assertEquals(List.of(new Label("r", List.of("1.5", "-2"))),
                labels(PRICE, null, "{\"request_id\": \"r\", \"labels\": [1.5, -2]}"));
    }

    @Test
    void aMistakeIsNamedWithItsLineAndNothingCounts() {
        String good = "{\"request_id\": \"a\", \"label\": 1}\n";
        assertEquals("line 3: request_id must be what the answer's header understudy-request-id said",
                refusal(DIGITS, null, good + good + "{\"label\": 1}"));
        assertEquals("line 2: unknown key \"lable\"; known are request_id, label and labels",
                refusal(DIGITS, null, good + "{\"request_id\": \"a\", \"lable\": 1}"));
        assertEquals("line 2: give either label, or for a request of several rows labels",
                refusal(DIGITS, null, good + "{\"request_id\": \"a\"}"));
        assertEquals("line 1: labels must list one label a row of the request, at most 64",
                refusal(DIGITS, null, "{\"request_id\": \"a\", \"labels\": 3}"));
        assertEquals("line 2: a label must be one of the task's labels, or an index from 0 to 1",
                refusal(ANIMALS, "text/csv", "request_id,label\na,cow\n"));
        assertEquals("line 1: a label of this regression must be a finite number",
                refusal(PRICE, null, "{\"request_id\": \"a\", \"label\": \"NaN\"}"));
        assertEquals("line 2: a label is an object: expected {\"request_id\": \"...\", \"label\": 3}",
                refusal(DIGITS, null, good + "7"));
        assertEquals("line 2: this is not JSON: expected {\"request_id\": \"...\", \"label\": 3}",
                refusal(DIGITS, null, good + "{\"request_id\": "));
        assertEquals("line 2: this is not JSON: expected {\"request_id\": \"...\", \"label\": 3}",
                refusal(DIGITS, null, good + "{\"request_id\": \"a\", \"label\": 1, \"label\": 2}"));
        assertEquals("line 1: this is not JSON: expected {\"request_id\": \"...\", \"label\": 3}",
                refusal(DIGITS, null, "request_id,label\na,1\n"));
    }

    @Test
    void aLineOfCsvThatDoesNotFitTheFirstIsNamedInOurWords() {
        String expected = "this has not a cell for each column of the first line, or a quote is not closed: expected"
                + " request_id,label and below it lines such as a1b2,3";
        assertEquals("line 3: " + expected, refusal(DIGITS, "text/csv", "request_id,label\na,1\nb\n"));
        assertEquals("line 3: " + expected, refusal(DIGITS, "text/csv", "request_id,label\na,1\nb,2,junk\nc,3\n"));
        assertEquals("line 4: " + expected, refusal(DIGITS, "text/csv", "request_id,label\n\"a,1\nb,2\n"),
                "where the quote ends");
        assertEquals("line 2: unknown key \"junk\"; known are request_id, label and labels",
                refusal(DIGITS, "text/csv", "junk\nmore junk\n"));
    }

    @Test
    void anEmptyBodyIsRefused() {
        for (String body : List.of("", " \n", "[]")) {
            assertEquals("the body holds no label: expected {\"request_id\": \"...\", \"label\": 3}",
                    refusal(DIGITS, null, body));
        }
        assertEquals("the body holds no label: expected {\"request_id\": \"...\", \"label\": 3}",
                refusal(DIGITS, "text/csv", "request_id,label\n"));
    }
}
