package dev.understudy.server.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.server.management.ControlView.JournalHealth;
import java.util.regex.Pattern;

/// `/health`: 503 when the audience goes without an answer. A journal that fails is only reported: restarting a server
/// that answers, because its record suffers, would let the shadow hurt the answer.
final class HealthJson {
    /// Anyone may read this page, and a database names its file when it fails.
    private static final Pattern FILE_PATH = Pattern
            .compile("(?<![\\w<.])(?:[A-Za-z]:\\\\|~?/)[^\\s\"'`,;:)\\]}>]+");

    private HealthJson() {}

    static Answer answer(boolean ready, JournalHealth journal) {
        ObjectNode node = Answer.object();
        node.put("status", !ready ? "unavailable" : journal.failure().isPresent() ? "degraded" : "ok");
        node.put("ready", ready);
        ObjectNode record = node.putObject("journal");
        record.put("failure", journal.failure().map(HealthJson::withoutPaths).orElse(null));
        record.put("lost_rows", journal.lostRows());
        record.put("committed_sequence", journal.committed().sequence());
        long millis = journal.committed().timeMillis();
        record.put("committed_time", millis == 0 ? null : StatusJson.time(millis));
        return new Answer.Json(ready ? 200 : 503, node);
    }

    static String withoutPaths(String text) {
        return FILE_PATH.matcher(text.lines().findFirst().orElse("")).replaceAll("(file)");
    }
}
