package dev.understudy.server.grpc;

/// Unwinds the reading of a call that has to end with a status; never leaves this package.
final class GrpcRefusal extends Exception {
    private static final long serialVersionUID = 1;

    private final Status status;
    private final String sentence;

    /// A refusal with a status and one sentence for the client.
    GrpcRefusal(Status status, String sentence) {
        // An everyday answer to a bad request: no stack trace, which would cost more than the reading.
        super(sentence, null, false, false);
        this.status = status;
        this.sentence = sentence;
    }

    Status status() {
        return status;
    }

    String sentence() {
        return sentence;
    }
}
