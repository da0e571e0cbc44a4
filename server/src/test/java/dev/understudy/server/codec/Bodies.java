package dev.understudy.server.codec;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assertions;

/// Request bodies for tests, decoded at an offset, so that no test passes only at offset 0.
final class Bodies {
    static final Envelope ENVELOPE = new Envelope("m", null, "rid-1", null, 7);
    private static final int PADDING = 5;

    private Bodies() {}

    static Decoding decode(String json, byte[]... binaries) {
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return decode(text.length, concat(text, binaries));
    }

    static Decoding decode(int jsonBytes, byte[] body) {
        byte[] padded = new byte[PADDING + body.length + PADDING];
        System.arraycopy(body, 0, padded, PADDING, body.length);
        return RequestDecoder.decode(ENVELOPE, padded, PADDING, body.length, jsonBytes);
    }

    static byte[] concat(byte[] head, byte[]... tail) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head);
        for (byte[] part : tail) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static Decoding.Accepted accepted(Decoding decoding) {
        if (decoding instanceof Decoding.Refused(var failure)) {
            return Assertions.fail("refused: " + failure.message());
        }
        return (Decoding.Accepted) decoding;
    }

    static InferenceRequest request(String json, byte[]... binaries) {
        return accepted(decode(json, binaries)).request();
    }

    /// The sentence of a refusal, which must be the client's fault and readable.
    static String refusal(Decoding decoding) {
        Decoding.Refused refused = Assertions.assertInstanceOf(Decoding.Refused.class, decoding);
        Assertions.assertEquals(InferenceFailure.Kind.INVALID_ARGUMENT, refused.failure().kind());
        String message = refused.failure().message();
        Assertions.assertFalse(message.isBlank() || message.length() > 400 || message.contains("\n")
                || message.contains("Exception") || message.contains("Source"), message);
        return message;
    }

    static byte[] bytes(Tensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_BYTE);
    }

    static String input(String datatype, String shape, String data) {
        return "{\"inputs\":[{\"name\":\"x\",\"shape\":" + shape + ",\"datatype\":\"" + datatype + "\",\"data\":" + data
                + "}]}";
    }
}
