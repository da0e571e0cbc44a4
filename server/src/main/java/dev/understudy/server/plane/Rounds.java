package dev.understudy.server.plane;

/// What one event loop hands to the engine and gets back from it, each in groups.
public record Rounds(ArrivalRound arrivals, AnswerRound answers) {
    public Rounds() {
        this(new ArrivalRound(), new AnswerRound());
    }
}
