package dev.understudy.runtime;

import dev.understudy.model.TensorDeclarations.Declared;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A model's signature as its `config.pbtxt` narrows it: what the file says must suit the model, and where the model leaves
/// a dimension open the file may fix it. Pure.
final class DeclaredSignature {
    private DeclaredSignature() {}

    /// @throws ModelLoadException when the file says otherwise than the model, naming the tensor
    static Signature of(Signature model, TensorDeclarations declared) throws ModelLoadException {
        refuseUnknown("input", declared.inputs(), model.inputs());
        refuseUnknown("output", declared.outputs(), model.outputs());
        List<TensorSpec> inputs = new ArrayList<>();
        for (TensorSpec input : model.inputs()) {
            Declared said = declared.input(input.name());
            boolean mayBeLeftOut = input.optional() || declared.controls().contains(input.name());
            if (said == null && !declared.inputs().isEmpty() && !mayBeLeftOut) {
                throw new ModelLoadException("config.pbtxt leaves out input '" + input.name()
                        + "', which the model needs");
            }
            inputs.add(narrowed("input", input, said, declared.batched()));
        }
        List<TensorSpec> outputs = new ArrayList<>();
        for (TensorSpec output : model.outputs()) {
            Declared said = declared.output(output.name());
            if (said != null || declared.outputs().isEmpty()) {
                outputs.add(narrowed("output", output, said, declared.batched()));
            }
        }
        Signature narrowed = new Signature(inputs, outputs, false);
        return new Signature(inputs, outputs, model.sharedBatchAxis() && narrowed.everyFirstDimensionVaries());
    }

    private static void refuseUnknown(String role, List<Declared> declared, List<TensorSpec> known)
            throws ModelLoadException {
        for (Declared tensor : declared) {
            if (known.stream().noneMatch(spec -> spec.name().equals(tensor.name()))) {
                throw new ModelLoadException("config.pbtxt names " + role + " '" + tensor.name()
                        + "', which the model does not have; it has " + known.stream()
                                .map(spec -> "'" + spec.name() + "'").collect(Collectors.joining(", ")));
            }
        }
    }

    private static TensorSpec narrowed(String role, TensorSpec model, @Nullable Declared said, boolean batched)
            throws ModelLoadException {
        String what = role + " '" + model.name() + "'";
        Shape shape = model.shape();
        boolean hasRows = shape.rank() > 0 && shape.dim(0) == Shape.VARIABLE;
        if (batched && !hasRows && !model.optional()) {
            throw new ModelLoadException("config.pbtxt gives the model a max_batch_size, but " + what
                    + " has no variable first dimension: the model has " + shape);
        }
        if (said == null) {
            return model;
        }
        if (said.datatype() != model.datatype()) {
            throw new ModelLoadException("config.pbtxt says " + said.datatype() + " for " + what + ", the model has "
                    + model.datatype());
        }
        Shape meet = shape.hasRank() ? meet(shape, said.modelShape()) : said.modelShape();
        if (meet == null) {
            throw new ModelLoadException("config.pbtxt says " + said.modelShape() + (batched ? " (rows first)" : "")
                    + " for " + what + ", the model has " + shape);
        }
        return new TensorSpec(model.name(), model.datatype(), meet, model.optional());
    }

    /// The shape that fits both, or null when none does.
    private static @Nullable Shape meet(Shape a, Shape b) {
        if (a.rank() != b.rank()) {
            return null;
        }
        long[] dims = a.toArray();
        for (int axis = 0; axis < dims.length; axis++) {
            if (dims[axis] == Shape.VARIABLE) {
                dims[axis] = b.dim(axis);
            } else if (b.dim(axis) != Shape.VARIABLE && b.dim(axis) != dims[axis]) {
                return null;
            }
        }
        return Shape.of(dims);
    }
}
