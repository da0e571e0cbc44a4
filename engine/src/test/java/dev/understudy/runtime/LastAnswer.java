package dev.understudy.runtime;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Optional;

/// A probation process whose first model breaks its GPU: it says so, and that it can examine nothing more, and stays.
final class LastAnswer {
    private LastAnswer() {}

    /// Ends when its standard input does.
    public static void main(String[] args) throws IOException {
        DataInputStream in = new DataInputStream(System.in);
        ProbationWire.Question question = ProbationWire.readQuestion(in);
        ProbationWire.write(new DataOutputStream(System.out), new ProbationWire.Answer(
                new ProbationOutcome.Refused(question.file() + " by " + ProcessHandle.current().pid(),
                        Optional.empty()),
                true));
        while (in.read() >= 0) {
            // Whatever it is asked now, nobody answers.
        }
    }
}
