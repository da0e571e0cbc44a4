package dev.understudy.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where a path leads. Immutable.
///
/// @param model   the model named in the path, decoded, or empty where the path names none
/// @param version the version named in the path, decoded, or null
record Route(Kind kind, String model, @Nullable String version) {
    /// What stands at the path.
    enum Kind {
        SERVER, LIVE, READY, MODEL, MODEL_READY, MODEL_CONFIG, MODEL_STATS, ALL_STATS, INFER, INDEX, LOAD, UNLOAD,
        /// Nothing.
        UNKNOWN,
        /// Percent signs that are not escapes of UTF-8.
        MALFORMED;

        boolean isPost() {
            return this == INFER || this == INDEX || this == LOAD || this == UNLOAD;
        }
    }

    static final Route NOWHERE = new Route(Kind.UNKNOWN, "", null);
    private static final int SEGMENTS_MAX = 6;

    /// The route of a raw path, without the query. Segments are split before they are decoded, so that `%2F` stays
    /// inside a name and leads nowhere else.
    static Route of(String path) {
        if (!path.startsWith("/v2")) {
            return NOWHERE;
        }
        if (path.length() == 3 || path.equals("/v2/")) {
            return new Route(Kind.SERVER, "", null);
        }
        String[] segments = split(path);
        try {
            return switch (segments.length == 0 ? "" : segments[0]) {
                case "health" -> health(segments);
                case "models" -> model(segments);
                case "repository" -> repository(segments);
                default -> NOWHERE;
            };
        } catch (CharacterCodingException e) {
            return new Route(Kind.MALFORMED, "", null);
        }
    }

    /// The segments behind `/v2/`, or none when there are more than any route has.
    private static String[] split(String path) {
        String[] segments = new String[SEGMENTS_MAX];
        int count = 0;
        int at = 3;
        while (at < path.length()) {
            if (path.charAt(at) != '/' || count == SEGMENTS_MAX) {
                return new String[0];
            }
            int end = path.indexOf('/', at + 1);
            end = end < 0 ? path.length() : end;
            segments[count++] = path.substring(at + 1, end);
            at = end;
        }
        return Arrays.copyOf(segments, count);
    }

    private static Route health(String[] segments) {
        return segments.length != 2 ? NOWHERE : switch (segments[1]) {
            case "live" -> new Route(Kind.LIVE, "", null);
            case "ready" -> new Route(Kind.READY, "", null);
            default -> NOWHERE;
        };
    }

    private static Route repository(String[] segments) throws CharacterCodingException {
        if (segments.length == 2 && segments[1].equals("index")) {
            return new Route(Kind.INDEX, "", null);
        }
        if (segments.length != 4 || !segments[1].equals("models")) {
            return NOWHERE;
        }
        return switch (segments[3]) {
            case "load" -> new Route(Kind.LOAD, decode(segments[2]), null);
            case "unload" -> new Route(Kind.UNLOAD, decode(segments[2]), null);
            default -> NOWHERE;
        };
    }

    private static Route model(String[] segments) throws CharacterCodingException {
        if (segments.length < 2 || segments[1].isEmpty()) {
            return NOWHERE;
        }
        if (segments.length == 2 && segments[1].equals("stats")) {
            return new Route(Kind.ALL_STATS, "", null);
        }
        String model = decode(segments[1]);
        boolean versioned = segments.length >= 4 && segments[2].equals("versions");
        String version = versioned ? decode(segments[3]) : null;
        int rest = versioned ? 4 : 2;
        if (segments.length == rest) {
            return new Route(Kind.MODEL, model, version);
        }
        return segments.length != rest + 1 ? NOWHERE : switch (segments[rest]) {
            case "infer" -> new Route(Kind.INFER, model, version);
            case "ready" -> new Route(Kind.MODEL_READY, model, version);
            case "config" -> new Route(Kind.MODEL_CONFIG, model, version);
            case "stats" -> new Route(Kind.MODEL_STATS, model, version);
            default -> NOWHERE;
        };
    }

    private static String decode(String segment) throws CharacterCodingException {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        byte[] raw = segment.getBytes(StandardCharsets.ISO_8859_1);
        int length = 0;
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '%') {
                int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
                int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw new CharacterCodingException();
                }
                raw[length++] = (byte) ((high << 4) | low);
                i += 2;
            } else {
                raw[length++] = raw[i];
            }
        }
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw, 0, length)).toString();
    }
}
