package dev.understudy.server.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.OutputNoise;
import dev.understudy.engine.NoiseStatus;

/// A champion's noise floor as the API writes it. Tolerances are in defaults of the datatype; one that is infinite, because
/// shapes, NaN or infinities did not meet, is `"Infinity"`.
final class NoiseJson {
    private NoiseJson() {}

    static ObjectNode noise(NoiseStatus noise) {
        ObjectNode node = Answer.object().put("pairs", noise.floor().pairs()).put("pairs_needed", NoiseFloor.PAIRS_MAX)
                .put("status", noise.label()).put("sentence", noise.sentence());
        ArrayNode automatic = node.putArray("automatic");
        noise.automatic().stream().sorted().forEach(automatic::add);
        ArrayNode outputs = node.putArray("outputs");
        for (OutputNoise output : noise.floor().outputs()) {
            outputs.addObject().put("output", output.output()).put("datatype", output.datatype().name())
                    .put("median", output.median()).put("nearly_all", output.nearlyAll())
                    .put("offer", noise.offer(output).orElse(null));
        }
        return node;
    }
}
