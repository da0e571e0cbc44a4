package dev.understudy.server.codec;

/// Unwinds the decoder when a request is wrong; never leaves this package. The message is one sentence for the client.
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
        // A refusal is an everyday answer to a bad request: no stack trace, which would cost more than the decoding.
        super(message, null, false, false);
    }

    static Refusal of(String input, String message) {
        return new Refusal("input '" + input + "': " + message);
    }

    /// This refusal's sentence.
    String sentence() {
        String message = getMessage();
        return message == null ? "bad request" : message;
    }
}
