package dev.understudy.server.management;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;

/// The body of a change of the sampling rate: `{"rate": 0.25}` and nothing else.
sealed interface SamplingBody {
    int BYTES_MAX = 4096;
    ObjectReader READER = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build().readerFor(JsonNode.class);

    record Valid(double rate) implements SamplingBody {}

    /// Refused, in one sentence for the caller.
    record Invalid(String reason) implements SamplingBody {}

    static SamplingBody of(String body) {
        JsonNode node;
        try {
            node = READER.readTree(body);
        } catch (JsonProcessingException e) {
            return new Invalid("the body is not valid JSON: expected {\"rate\": 0.25}");
        }
        if (node == null || !node.isObject() || node.size() != 1 || !node.path("rate").isNumber()) {
            return new Invalid("the body must be an object with the number rate alone: {\"rate\": 0.25}");
        }
        double rate = node.path("rate").doubleValue();
        // Adding zero turns -0.0, which lies within, into 0.
        return rate >= 0 && rate <= 1 ? new Valid(rate + 0.0) : new Invalid("rate must be within 0 and 1");
    }
}
