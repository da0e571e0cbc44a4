package dev.understudy.runtime;

import dev.understudy.ffm.Answer;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;

/// The program of the probation process: loads and tries one model after another until its standard input ends. A model
/// that crashes natively takes only this process with it.
public final class ProbationChild {
    private ProbationChild() {}

    /// Reads questions from standard input and writes an outcome for each to standard output.
    ///
    /// @param args none for the processors, else the words of [CudaSettings#arguments]
    public static void main(String[] args) throws IOException, InterruptedException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in)));
        DataOutputStream out = new DataOutputStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        System.setOut(System.err);
        Bench bench = args.length == 0 ? Bench.ON_PROCESSORS : onGpu(CudaSettings.of(List.of(args)));
        while (true) {
            ProbationWire.Question question;
            try {
                question = ProbationWire.readQuestion(in);
            } catch (EOFException end) {
                return;
            }
            try {
                ProbationWire.write(out, new ProbationWire.Answer(bench.examine(question), false));
            } catch (DeviceLostException e) {
                ProbationOutcome broken = new ProbationOutcome.Refused(
                        "it broke the GPU for its process: " + e.reason(),
                        Optional.empty());
                ProbationWire.write(out, new ProbationWire.Answer(broken, true));
                return;
            }
        }
    }

    /// Where models are tried.
    @FunctionalInterface
    private interface Bench {
        Bench ON_PROCESSORS = question -> ProbationChild.examine(question,
                () -> OrtInstance.load(Path.of(question.file()), question.intraOpThreads(), question.declared()),
                ProbationChild::residentBytes);

        ProbationOutcome examine(ProbationWire.Question question) throws InterruptedException;
    }

    /// Loads a model.
    private interface Loading {
        OrtInstance load() throws ModelLoadException;
    }

    private static Bench onGpu(CudaSettings settings) {
        return switch (CudaLanes.open(settings, Isolation.NONE, note -> {})) {
            case Answer.Refused<Lanes>(String reason) -> question -> new ProbationOutcome.Refused(
                    "the GPU cannot be used in probation: " + reason, Optional.empty());
            case Answer.Granted<Lanes>(Lanes lanes) ->
                question -> onLane(question.champion() ? lanes.champion() : lanes.challenger(), question);
        };
    }

    /// Of the GPU's memory the driver tells only what everybody has together, so what one model takes stays unknown; a
    /// challenger's limit is ONNX Runtime's to keep.
    private static ProbationOutcome onLane(Lane lane, ProbationWire.Question question)
            throws InterruptedException {
        try {
            return lane.call("probation", () -> examine(question, () -> lane.load(question.file(),
                    Path.of(question.file()), question.intraOpThreads(), question.declared()), () -> 0));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private static ProbationOutcome examine(ProbationWire.Question question, Loading loading,
            LongSupplier bytesInUse) {
        long before = bytesInUse.getAsLong();
        try (OrtInstance instance = loading.load()) {
            try {
                TrialReport trial = Trial.run(instance, question.samples());
                return new ProbationOutcome.Passed(instance.signature(), trial,
                        Math.max(0, bytesInUse.getAsLong() - before));
            } catch (ModelLoadException e) {
                return new ProbationOutcome.Refused(e.reason(), Optional.of(instance.signature()));
            }
        } catch (ModelLoadException e) {
            return new ProbationOutcome.Refused(e.reason(), Optional.empty());
        } catch (OutOfMemoryError e) {
            return new ProbationOutcome.Refused("it needs more memory than probation allows", Optional.empty());
        }
    }

    /// 0 where the system does not tell.
    private static long residentBytes() {
        return ResidentMemory.bytes().orElse(0);
    }
}
