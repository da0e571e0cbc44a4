package dev.understudy.runtime;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The program of the probation process: loads and tries one model after another until its standard input ends. A model
/// that crashes natively takes only this process with it.
public final class ProbationChild {
    private ProbationChild() {}

    /// Reads questions from standard input and writes an outcome for each to standard output.
    public static void main(String[] args) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in)));
        DataOutputStream out = new DataOutputStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        System.setOut(System.err);
        while (true) {
            ProbationWire.Question question;
            try {
                question = ProbationWire.readQuestion(in);
            } catch (EOFException end) {
                return;
            }
            ProbationWire.write(out, examine(question));
        }
    }

    private static ProbationOutcome examine(ProbationWire.Question question) {
        long before = residentBytes();
        try (OrtInstance instance = OrtInstance.load(Path.of(question.file()), question.intraOpThreads(),
                question.declared())) {
            return tried(instance, question, before);
        } catch (ModelLoadException e) {
            return new ProbationOutcome.Refused(e.reason(), Optional.empty());
        } catch (OutOfMemoryError e) {
            return new ProbationOutcome.Refused("it needs more memory than probation allows", Optional.empty());
        }
    }

    private static ProbationOutcome tried(OrtInstance instance, ProbationWire.Question question, long bytesBefore) {
        try {
            TrialReport trial = Trial.run(instance, question.samples());
            return new ProbationOutcome.Passed(instance.signature(), trial, Math.max(0, residentBytes() - bytesBefore));
        } catch (ModelLoadException e) {
            return new ProbationOutcome.Refused(e.reason(), Optional.of(instance.signature()));
        }
    }

    /// 0 where the system does not tell.
    private static long residentBytes() {
        return ResidentMemory.bytes().orElse(0);
    }
}
