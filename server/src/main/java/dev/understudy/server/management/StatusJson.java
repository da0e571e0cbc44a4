package dev.understudy.server.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.journal.JournalEvent;
import dev.understudy.runtime.SessionMemory;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Models, challengers and events as the API writes them.
final class StatusJson {
    private StatusJson() {}

    /// @param alerts what concerns none of them
    static ObjectNode models(List<ModelStatus> models, List<String> alerts) {
        ObjectNode node = Answer.object();
        ArrayNode array = node.putArray("models");
        for (ModelStatus model : models) {
            array.add(model(model));
        }
        alerts.forEach(node.putArray("alerts")::add);
        return node;
    }

    static ObjectNode model(ModelStatus model) {
        ObjectNode node = Answer.object().put("name", model.name());
        node.set("champion", champion(model));
        ArrayNode challengers = node.putArray("challengers");
        for (Challenger challenger : model.challengers()) {
            challengers.add(challenger(challenger));
        }
        node.put("sample_rate", model.sampleRate());
        node.set("effect", effect(model.effect()));
        ArrayNode alerts = node.putArray("alerts");
        model.alerts().forEach(alerts::add);
        node.set("criteria", CriteriaApi.json(model.criteria()));
        node.set("noise_floor", NoiseJson.noise(model.noise()));
        return node;
    }

    static JsonNode champion(ModelStatus model) {
        if (model.champion().isEmpty()) {
            return JsonNodeFactory.instance.nullNode();
        }
        ModelStatus.Version champion = model.champion().get();
        return Answer.object().put("version", champion.version()).put("sha256", champion.sha256());
    }

    /// Every reason is there, zero or not, so that a reader can add up without knowing which may be missing.
    static ObjectNode challenger(Challenger challenger) {
        ObjectNode node = Answer.object().put("version", challenger.version()).put("sha256", challenger.sha256());
        node.put("state", challenger.state().label()).put("reason", challenger.reason());
        node.put("sample_rate", challenger.sampleRate());
        LedgerCounts counts = challenger.ledger();
        node.set("ledger", ledger(counts));
        if (challenger.agreement().compared() == 0) {
            node.putNull("agreement");
        } else {
            node.put("agreement", challenger.agreement().rate());
        }
        node.put("isolation", challenger.isolation().label());
        node.set("effort", effort(challenger.effort()));
        node.set("probes", ledger(challenger.extra().probes()));
        node.set("reruns", ledger(challenger.extra().reruns()));
        node.set("verdict", VerdictJson.verdict(challenger.verdict()));
        node.put("served", counts.served()).put("coverage", counts.coverage());
        return node.put("agreed", challenger.agreement().agreed());
    }

    private static ObjectNode ledger(LedgerCounts counts) {
        ObjectNode ledger = Answer.object().put("sampled", counts.sampled()).put("compared", counts.compared());
        ObjectNode shed = ledger.putObject("shed");
        for (ShedReason reason : ShedReason.values()) {
            shed.put(reason.label(), counts.shed().getOrDefault(reason, 0L));
        }
        ObjectNode failed = ledger.putObject("failed");
        for (FailureReason reason : FailureReason.values()) {
            failed.put(reason.label(), counts.failed().getOrDefault(reason, 0L));
        }
        return ledger.put("in_flight", counts.inFlight());
    }

    private static ObjectNode effort(ModelStatus.Effort effort) {
        ObjectNode node = Answer.object().put("sample_rate", effort.sampleRate());
        node.put("device_seconds", effort.deviceSeconds());
        putMemory(node, effort.memory());
        return putKnown(node, "cost_ratio", effort.costRatio());
    }

    private static ObjectNode effect(ModelStatus.Effect effect) {
        ObjectNode node = Answer.object().put("device_seconds", effect.deviceSeconds()).put("duty", effect.duty());
        putMemory(node, effect.memory());
        putKnown(node, "latency_ratio_p50", effect.latency().p50());
        putKnown(node, "latency_ratio_p95", effect.latency().p95());
        return putKnown(node, "latency_ratio_p99", effect.latency().p99());
    }

    /// Only a GPU's is known; else there is nothing.
    private static void putMemory(ObjectNode node, Optional<SessionMemory> memory) {
        memory.ifPresent(known -> node.put("memory_bytes", known.bytes()).put("memory_peak_bytes", known.peakBytes()));
    }

    /// NaN, for what is not known, is null in JSON.
    private static ObjectNode putKnown(ObjectNode node, String name, double value) {
        return Double.isNaN(value) ? node.putNull(name) : node.put(name, value);
    }

    static ArrayNode events(List<JournalEvent> events) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (JournalEvent event : events) {
            array.addObject().put("time", time(event.timeMillis())).put("kind", event.kind().label())
                    .put("version", event.version()).put("sha256", event.sha256()).put("detail", event.detail());
        }
        return array;
    }

    /// ISO 8601 in UTC.
    static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
