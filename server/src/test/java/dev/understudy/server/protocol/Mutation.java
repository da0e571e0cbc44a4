package dev.understudy.server.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Damages requests the way bad clients and bad lines do: in bytes, in tokens, and by mixing requests. Not thread-safe;
/// owned by one try.
final class Mutation {
    private static final List<String> WORDS = List.of("null", "true", "-1", "0", "1e999", "-0.0", "NaN", "Infinity",
            "18446744073709551616", "9223372036854775807", "4294967296", "2147483648", "1.5", "\"\"", "\"\\ud800\"",
            "\"\\u0000\"", "\"FP32\"", "\"BYTES\"", "\"BF16\"", "\"FP99\"", "[]", "{}", "[[[]]]", "{\"a\":[]}",
            "\"inputs\"", "\"outputs\"", "\"parameters\"", "\"name\"", "\"shape\"", "\"data\"", "\"datatype\"",
            "\"id\"",
            "\"binary_data_size\"", "\"binary_data\"", "\"classification\"", "\"shared_memory_region\"", "/*", "//",
            "'");
    private static final String STRUCTURE = "{}[]\",:-0129eE.\\ntf \n";

    private final Random random;
    private final List<RealRequest> corpus;

    Mutation(Random random, List<RealRequest> corpus) {
        this.random = random;
        this.corpus = corpus;
    }

    /// A copy with up to four damages, or none.
    byte[] damaged(byte[] original) {
        byte[] bytes = original.clone();
        for (int left = random.nextInt(5); left > 0 && bytes.length > 0; left--) {
            bytes = damagedOnce(bytes);
        }
        return bytes;
    }

    private byte[] damagedOnce(byte[] bytes) {
        int at = random.nextInt(bytes.length);
        int until = Math.min(bytes.length, at + 1 + random.nextInt(40));
        return switch (random.nextInt(9)) {
            case 0 -> spliced(bytes, at, at + 1, new byte[]{(byte) random.nextInt(256)});
            case 1 ->
                spliced(bytes, at, at + 1, new byte[]{(byte) STRUCTURE.charAt(random.nextInt(STRUCTURE.length()))});
            case 2 -> Arrays.copyOf(bytes, at);
            case 3 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, until));
            case 4 -> spliced(bytes, at, until, new byte[0]);
            case 5 -> foreign(bytes, at);
            case 6 -> spliced(bytes, at, at, "[{\"a\":".repeat(random.nextInt(3_000)).getBytes(StandardCharsets.UTF_8));
            case 7 -> spliced(bytes, at, at, new byte[]{(byte) 0xC3, (byte) 0x28, (byte) 0xED, (byte) 0xA0});
            default -> replacedToken(bytes, at);
        };
    }

    private byte[] foreign(byte[] bytes, int at) {
        byte[] other = corpus.get(random.nextInt(corpus.size())).bytes();
        int from = random.nextInt(other.length);
        int to = Math.min(other.length, from + random.nextInt(200));
        return spliced(bytes, at, Math.min(bytes.length, at + random.nextInt(20)), Arrays.copyOfRange(other, from, to));
    }

    /// Another word where a number, a string or a literal stands.
    private byte[] replacedToken(byte[] bytes, int at) {
        int from = at;
        while (from > 0 && isToken(bytes[from - 1])) {
            from--;
        }
        int to = at;
        while (to < bytes.length && isToken(bytes[to])) {
            to++;
        }
        String word = WORDS.get(random.nextInt(WORDS.size()));
        return spliced(bytes, from, to, word.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isToken(byte b) {
        return "{}[],: \n".indexOf(b) < 0;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + middle.length);
        out.write(bytes, 0, from);
        out.writeBytes(middle);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }
}
