package dev.understudy.server.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.engine.CriteriaInForce;
import dev.understudy.engine.ModelStatus;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.verdict.Criteria;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Shows and sets what challengers are judged by, as functions from a call to an answer. Thread-safe.
record CriteriaApi(ControlView view) {
    /// A body of criteria.
    static final int BYTES_MAX = 64 << 10;

    static Answer show(ModelStatus model) {
        return Answer.ok(json(model.criteria()));
    }

    /// The content of the `criteria` section, in YAML or JSON, in place of that in `model.yaml`.
    Answer put(Call call) {
        Criteria criteria;
        try {
            criteria = Criteria.parse(call.body());
        } catch (InvalidConfigException e) {
            return Answer.error(400, String.valueOf(e.getMessage()));
        }
        if (!criteria.declared()) {
            return Answer.error(400, "the body holds no criteria; DELETE goes back to those of model.yaml");
        }
        List<String> problems = view.problems(call.inPath("model"), criteria);
        return problems.isEmpty() ? set(call, criteria) : Answer.error(400, String.join("; ", problems));
    }

    /// Back to `model.yaml`.
    Answer delete(Call call) {
        return set(call, null);
    }

    private Answer set(Call call, @Nullable Criteria criteria) {
        String model = call.inPath("model");
        try {
            Optional<CriteriaInForce> inForce = view.setCriteria(model, criteria, call.caller());
            return inForce.isEmpty()
                    ? Answer.error(404, "unknown model \"" + model + "\"")
                    : Answer.ok(json(inForce.get()));
        } catch (IOException e) {
            view.fault("the criteria of " + model + " cannot be recorded: " + e.getMessage());
            return Answer.error(503, "the criteria cannot be recorded at the moment, so those before stay");
        }
    }

    static ObjectNode json(CriteriaInForce inForce) {
        Criteria criteria = inForce.criteria();
        boolean set = inForce.source() == CriteriaInForce.Source.API;
        return Answer.object().put("text", criteria.text()).put("declared", criteria.declared())
                .put("fingerprint", criteria.fingerprint())
                .put("source", inForce.source().name().toLowerCase(Locale.ROOT))
                .put("set_by", set ? inForce.by() : null)
                .put("set_at", set ? StatusJson.time(inForce.atMillis()) : null);
    }
}
