package dev.understudy.model;

import dev.understudy.model.TensorDeclarations.Declared;
import dev.understudy.model.triton.TritonProto;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Reshape;
import dev.understudy.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads what a `config.pbtxt` says of inputs and outputs.
final class PbtxtTensors {
    static final int NAME_CHARS_MAX = 1000;
    /// Neither a path nor anything that leads out of the folder.
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._ -]{0,254}");

    private PbtxtTensors() {}

    /// @param folder the model's, where files of labels lie
    static TensorDeclarations read(PbtxtMessage root, Path folder) throws InvalidConfigException {
        TritonProto.ModelConfig config = (TritonProto.ModelConfig) root.message();
        boolean batched = config.getMaxBatchSize() > 0;
        List<Declared> inputs = new ArrayList<>();
        for (PbtxtMessage place : root.children("input")) {
            TritonProto.ModelInput input = (TritonProto.ModelInput) place.message();
            inputs.add(declared(place, batched, input.getName(), input.getDataType(), input.getDimsList(),
                    input.hasReshape() ? input.getReshape().getShapeList() : null, input.getFormat().name(),
                    Labels.NONE));
        }
        List<Declared> outputs = new ArrayList<>();
        for (PbtxtMessage place : root.children("output")) {
            TritonProto.ModelOutput output = (TritonProto.ModelOutput) place.message();
            outputs.add(declared(place, batched, output.getName(), output.getDataType(), output.getDimsList(),
                    output.hasReshape() ? output.getReshape().getShapeList() : null, "",
                    labels(place, output, folder)));
        }
        refuseTwins(root, "input", inputs);
        refuseTwins(root, "output", outputs);
        Set<String> controls = new HashSet<>();
        config.getSequenceBatching().getControlInputList().forEach(control -> controls.add(control.getName()));
        config.getSequenceBatching().getStateList().forEach(state -> controls.add(state.getInputName()));
        return new TensorDeclarations(batched, inputs, outputs, controls);
    }

    private static Declared declared(PbtxtMessage place, boolean batched, String name, TritonProto.DataType type,
            List<Long> dims, @Nullable List<Long> reshape, String format, Labels labels)
            throws InvalidConfigException {
        if (name.isEmpty() || name.length() > NAME_CHARS_MAX) {
            throw place.refusal("name", name.isEmpty() ? "is missing" : "is longer than " + NAME_CHARS_MAX);
        }
        DataType datatype = datatype(type);
        if (datatype == null) {
            throw place.refusal("data_type", "of '" + name + "' is missing or unknown; write one such as TYPE_FP32");
        }
        if (dims.isEmpty()) {
            throw place.refusal("dims", "of '" + name
                    + "' are missing; a tensor without dimensions has dims: [ 1 ] and reshape: { shape: [ ] }");
        }
        Shape client = shape(place, "dims", name, dims);
        Shape model = reshape == null ? client : shape(place.child("reshape", 0), "shape", name, reshape);
        if (!Reshape.fits(client, model)) {
            throw place.refusal("reshape", "of '" + name + "' to " + model + " does not hold as many elements as dims "
                    + client);
        }
        return new Declared(name, datatype, batched ? client.behind(Shape.VARIABLE) : client,
                batched ? model.behind(Shape.VARIABLE) : model, format, labels);
    }

    private static Labels labels(PbtxtMessage place, TritonProto.ModelOutput output, Path folder)
            throws InvalidConfigException {
        String fileName = output.getLabelFilename();
        if (fileName.isEmpty()) {
            return Labels.NONE;
        }
        String printable = ModelRepository.printable(fileName);
        if (!FILE_NAME.matcher(fileName).matches()) {
            throw place.refusal("label_filename", "is '" + printable
                    + "'; write the plain name of a file in the model's folder");
        }
        try {
            return Labels.read(folder, fileName);
        } catch (InvalidConfigException | IOException e) {
            throw place.refusal("label_filename", "is '" + printable
                    + "', but there is no such UTF-8 text of at most 1 MiB in the model's folder");
        }
    }

    private static Shape shape(PbtxtMessage place, String field, String name, List<Long> dims)
            throws InvalidConfigException {
        for (long dim : dims) {
            if (dim < 1 && dim != Shape.VARIABLE) {
                throw place.refusal(field, "of '" + name + "' has " + dim
                        + "; a dimension is a whole number from 1, or -1 where it varies");
            }
        }
        return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    }

    private static void refuseTwins(PbtxtMessage root, String field, List<Declared> tensors)
            throws InvalidConfigException {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tensors.size(); i++) {
            if (!names.add(tensors.get(i).name())) {
                throw root.child(field, i).refusal("name", "'" + tensors.get(i).name() + "' is given twice");
            }
        }
    }

    /// The protocol's name of Triton's datatype, or null for none.
    static @Nullable DataType datatype(TritonProto.DataType type) {
        return switch (type) {
            case TYPE_STRING -> DataType.BYTES;
            case TYPE_INVALID, UNRECOGNIZED -> null;
            default -> DataType.byName(type.name().substring("TYPE_".length()));
        };
    }
}
