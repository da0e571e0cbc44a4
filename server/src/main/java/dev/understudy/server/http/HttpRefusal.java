package dev.understudy.server.http;

/// Unwinds the reading of a request that HTTP itself has an answer for; never leaves this package.
final class HttpRefusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String sentence;

    /// A refusal with an HTTP status and one sentence for the client.
    HttpRefusal(int status, String sentence) {
        // An everyday answer to a bad request: no stack trace, which would cost more than the reading.
        super(sentence, null, false, false);
        this.status = status;
        this.sentence = sentence;
    }

    int status() {
        return status;
    }

    String sentence() {
        return sentence;
    }
}
