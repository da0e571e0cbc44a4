package dev.understudy.server.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.understudy.infer.InferenceFailure;
import java.io.IOException;

/// The body of a question for the repository's index.
public sealed interface RepositoryIndexRequest {
    /// A question that can be answered.
    ///
    /// @param readyOnly true when only versions that can be served are wanted
    record Wanted(boolean readyOnly) implements RepositoryIndexRequest {}

    /// No question: not a JSON object, or one that says otherwise than the extension.
    record Refused(InferenceFailure failure) implements RepositoryIndexRequest {}

    /// Decodes a body; an empty one asks for everything.
    static RepositoryIndexRequest decode(byte[] body, int offset, int length) {
        if (length == 0) {
            return new Wanted(false);
        }
        boolean[] readyOnly = new boolean[1];
        try (JsonParser parser = JsonFields.JSON.createParser(body, offset, length)) {
            if (parser.nextToken() == null) {
                return new Wanted(false);
            }
            JsonFields.parameters(parser, "the request", (json, name) -> {
                boolean known = name.equals("ready") && json.currentToken() != JsonToken.VALUE_NULL;
                if (known) {
                    readyOnly[0] = JsonFields.bool(json, name);
                }
                return known;
            });
            if (parser.nextToken() != null) {
                throw new Refusal("unexpected data after the request's JSON object");
            }
        } catch (Refusal refusal) {
            return new Refused(InferenceFailure.invalid(refusal.sentence()));
        } catch (IOException malformed) {
            return new Refused(InferenceFailure.invalid("the request's JSON is malformed"));
        }
        return new Wanted(readyOnly[0]);
    }
}
