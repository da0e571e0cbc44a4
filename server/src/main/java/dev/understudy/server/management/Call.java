package dev.understudy.server.management;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One request to an endpoint, read off the network. Immutable.
///
/// @param path  the path's parameters, decoded
/// @param query the query's parameters, each known to the endpoint and given once
/// @param contentType of the body as the caller said, or null
/// @param caller      who calls, for the record: the header `understudy-operator` if there is one, and the address
record Call(Map<String, String> path, Map<String, String> query, String body, @Nullable String contentType,
        String caller) {
    Call {
        path = Map.copyOf(path);
        query = Map.copyOf(query);
    }

    /// A parameter the endpoint's path declares.
    String inPath(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException("the path declares no parameter " + name);
        }
        return value;
    }

    @Nullable
    String inQuery(String name) {
        return query.get(name);
    }

    /// The whole number in a query parameter, `absent` without one, or -1 when it is not within 1 and `max`.
    int number(String name, int absent, int max) {
        String text = query.get(name);
        if (text == null) {
            return absent;
        }
        try {
            int number = Integer.parseInt(text);
            return number >= 1 && number <= max ? number : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
