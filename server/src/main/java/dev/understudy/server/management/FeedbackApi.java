package dev.understudy.server.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.journal.FeedbackCounts;
import dev.understudy.journal.FeedbackOutcome;
import dev.understudy.journal.JournalException;
import dev.understudy.journal.Label;
import dev.understudy.verdict.Task;
import java.util.List;
import java.util.Optional;

/// Takes the truth about requests, as functions from a call to an answer. Thread-safe.
record FeedbackApi(ControlView view) {
    /// A body of labels.
    static final int BYTES_MAX = 8 << 20;

    Answer post(Call call) throws Exception {
        String model = call.inPath("model");
        if (view.status(model).isEmpty()) {
            return Answer.error(404, "unknown model \"" + model + "\"");
        }
        Optional<Task> task = view.task(model);
        if (task.isEmpty()) {
            return Answer.error(409, "model \"" + model + "\" declares no task, so nothing says which of its outputs a"
                    + " label is about; add to its model.yaml: task: {type: classification, output: NAME}");
        }
        return switch (FeedbackBody.of(task.get(), call.contentType(), call.body())) {
            case FeedbackBody.Invalid(String reason) -> Answer.error(400, reason);
            case FeedbackBody.Valid(List<Label> labels) -> join(model, labels);
        };
    }

    private Answer join(String model, List<Label> labels) throws InterruptedException {
        try {
            return Answer.ok(outcome(view.feedback(model, labels)));
        } catch (JournalException e) {
            view.fault("labels of " + model + " were not recorded: " + e.getMessage());
            return Answer.error(503, "the labels cannot be recorded now; send them again later, none counts twice");
        }
    }

    private static ObjectNode outcome(FeedbackOutcome outcome) {
        ObjectNode node = Answer.object().put("received", outcome.received()).put("joined", outcome.joined())
                .put("repeated", outcome.repeated()).put("unknown", outcome.unknown()).put("unfit", outcome.unfit());
        ids(node.putArray("unknown_ids"), outcome.unknownIds());
        ids(node.putArray("unfit_ids"), outcome.unfitIds());
        return node;
    }

    private static void ids(ArrayNode array, List<String> ids) {
        ids.forEach(array::add);
    }

    /// The account of a model's labels so far.
    static ObjectNode counts(FeedbackCounts counts) {
        return Answer.object().put("received", counts.received()).put("joined", counts.joined())
                .put("repeated", counts.repeated()).put("unknown", counts.unknown()).put("unfit", counts.unfit())
                .put("joined_later", counts.joinedLater());
    }
}
