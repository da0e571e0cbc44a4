package dev.understudy.runtime;

import dev.understudy.model.Labels;
import dev.understudy.model.TensorDeclarations.Declared;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.model.WarmupSample;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The words parent and probation process exchange over the child's standard streams. Both are the same program, so there
/// is no version. Pure.
final class ProbationWire {
    private ProbationWire() {}

    /// What the child is to examine.
    ///
    /// @param champion whether it may become one, so that on a GPU no limit of challengers' holds
    record Question(String file, boolean champion, int intraOpThreads, TensorDeclarations declared,
            List<WarmupSample> samples) {}

    /// What the child found.
    ///
    /// @param last it can examine nothing more: the model has broken the device for it
    record Answer(ProbationOutcome outcome, boolean last) {}

    static void write(DataOutputStream out, Question question) throws IOException {
        out.writeUTF(question.file());
        out.writeBoolean(question.champion());
        out.writeInt(question.intraOpThreads());
        writeDeclarations(out, question.declared());
        out.writeInt(question.samples().size());
        for (WarmupSample sample : question.samples()) {
            out.writeUTF(sample.what());
            out.writeInt(sample.runs());
            out.writeInt(sample.inputs().size());
            for (Tensor tensor : sample.inputs()) {
                writeSpec(out, new TensorSpec(tensor.name(), tensor.datatype(), tensor.shape()));
                byte[] data = tensor.data().toArray(ValueLayout.JAVA_BYTE);
                out.writeInt(data.length);
                out.write(data);
            }
        }
        out.flush();
    }

    static Question readQuestion(DataInputStream in) throws IOException {
        String file = in.readUTF();
        boolean champion = in.readBoolean();
        int intraOpThreads = in.readInt();
        TensorDeclarations declared = readDeclarations(in);
        List<WarmupSample> samples = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            samples.add(readSample(in));
        }
        return new Question(file, champion, intraOpThreads, declared, samples);
    }

    private static WarmupSample readSample(DataInputStream in) throws IOException {
        String what = in.readUTF();
        int runs = in.readInt();
        List<Tensor> inputs = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            TensorSpec spec = readSpec(in);
            MemorySegment data = MemorySegment.ofArray(in.readNBytes(in.readInt()));
            inputs.add(new Tensor(spec.name(), spec.datatype(), spec.shape(), data));
        }
        return new WarmupSample(what, runs, inputs);
    }

    /// Formats stay behind: they are for clients.
    private static void writeDeclarations(DataOutputStream out, TensorDeclarations declared) throws IOException {
        out.writeBoolean(declared.batched());
        writeDeclared(out, declared.inputs());
        writeDeclared(out, declared.outputs());
        out.writeInt(declared.controls().size());
        for (String control : declared.controls()) {
            out.writeUTF(control);
        }
    }

    private static void writeDeclared(DataOutputStream out, List<Declared> tensors) throws IOException {
        out.writeInt(tensors.size());
        for (Declared tensor : tensors) {
            writeSpec(out, new TensorSpec(tensor.name(), tensor.datatype(), tensor.clientShape()));
            writeSpec(out, new TensorSpec(tensor.name(), tensor.datatype(), tensor.modelShape()));
        }
    }

    private static TensorDeclarations readDeclarations(DataInputStream in) throws IOException {
        boolean batched = in.readBoolean();
        List<Declared> inputs = readDeclared(in);
        List<Declared> outputs = readDeclared(in);
        Set<String> controls = new HashSet<>();
        for (int count = in.readInt(); count > 0; count--) {
            controls.add(in.readUTF());
        }
        return new TensorDeclarations(batched, inputs, outputs, controls);
    }

    private static List<Declared> readDeclared(DataInputStream in) throws IOException {
        List<Declared> tensors = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            TensorSpec client = readSpec(in);
            tensors.add(new Declared(client.name(), client.datatype(), client.shape(), readSpec(in).shape(), "",
                    Labels.NONE));
        }
        return tensors;
    }

    static void write(DataOutputStream out, Answer answer) throws IOException {
        out.writeBoolean(answer.last());
        switch (answer.outcome()) {
            case ProbationOutcome.Refused(String reason, Optional<Signature> signature) -> {
                out.writeBoolean(false);
                out.writeUTF(reason);
                out.writeBoolean(signature.isPresent());
                if (signature.isPresent()) {
                    writeSignature(out, signature.get());
                }
            }
            case ProbationOutcome.Passed(Signature signature, TrialReport trial, long memoryBytes) -> {
                out.writeBoolean(true);
                writeSignature(out, signature);
                out.writeBoolean(trial.ran());
                out.writeBoolean(trial.stackable());
                out.writeBoolean(trial.rowsIndependent());
                out.writeUTF(trial.failure());
                out.writeLong(memoryBytes);
            }
        }
        out.flush();
    }

    static Answer readAnswer(DataInputStream in) throws IOException {
        boolean last = in.readBoolean();
        return new Answer(readOutcome(in), last);
    }

    private static ProbationOutcome readOutcome(DataInputStream in) throws IOException {
        if (!in.readBoolean()) {
            String reason = in.readUTF();
            return new ProbationOutcome.Refused(reason,
                    in.readBoolean() ? Optional.of(readSignature(in)) : Optional.empty());
        }
        Signature signature = readSignature(in);
        TrialReport trial = new TrialReport(in.readBoolean(), in.readBoolean(), in.readBoolean(), in.readUTF());
        return new ProbationOutcome.Passed(signature, trial, in.readLong());
    }

    private static void writeSignature(DataOutputStream out, Signature signature) throws IOException {
        writeSpecs(out, signature.inputs());
        writeSpecs(out, signature.outputs());
        out.writeBoolean(signature.sharedBatchAxis());
    }

    private static Signature readSignature(DataInputStream in) throws IOException {
        return new Signature(readSpecs(in), readSpecs(in), in.readBoolean());
    }

    private static void writeSpecs(DataOutputStream out, List<TensorSpec> specs) throws IOException {
        out.writeInt(specs.size());
        for (TensorSpec spec : specs) {
            writeSpec(out, spec);
        }
    }

    private static List<TensorSpec> readSpecs(DataInputStream in) throws IOException {
        List<TensorSpec> specs = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            specs.add(readSpec(in));
        }
        return specs;
    }

    private static void writeSpec(DataOutputStream out, TensorSpec spec) throws IOException {
        out.writeUTF(spec.name());
        out.writeUTF(spec.datatype().name());
        out.writeBoolean(spec.optional());
        out.writeBoolean(spec.shape().hasRank());
        long[] dims = spec.shape().toArray();
        out.writeInt(dims.length);
        for (long dim : dims) {
            out.writeLong(dim);
        }
    }

    private static TensorSpec readSpec(DataInputStream in) throws IOException {
        String name = in.readUTF();
        DataType datatype = DataType.valueOf(in.readUTF());
        boolean optional = in.readBoolean();
        boolean hasRank = in.readBoolean();
        long[] dims = new long[in.readInt()];
        for (int axis = 0; axis < dims.length; axis++) {
            dims[axis] = in.readLong();
        }
        return new TensorSpec(name, datatype, hasRank ? Shape.of(dims) : Shape.ANY, optional);
    }
}
