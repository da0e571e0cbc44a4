package dev.understudy.model;

import dev.understudy.model.TensorDeclarations.Declared;
import dev.understudy.model.triton.TritonProto;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Reshape;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Makes the samples of a `config.pbtxt`'s `model_warmup`. Not thread-safe; lives for one [#read].
final class PbtxtWarmup {
    /// All samples together; they are kept as long as the model is known.
    private static final long BYTES_MAX = 64L * 1024 * 1024;
    private static final int SAMPLES_MAX = 100;
    private static final int RUNS_MAX = 1000;
    /// The same noise at every start.
    private static final long SEED = 20_261_124;

    private final TensorDeclarations tensors;
    private final Path data;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private long bytesLeft = BYTES_MAX;

    private PbtxtWarmup(TensorDeclarations tensors, Path data) {
        this.tensors = tensors;
        this.data = data;
    }

    /// @param folder the model's; data lie in its folder `warmup`
    static List<WarmupSample> read(PbtxtMessage root, TensorDeclarations tensors, Path folder)
            throws IOException, InvalidConfigException {
        List<PbtxtMessage> places = root.children("model_warmup");
        if (places.size() > SAMPLES_MAX) {
            throw root.refusal("model_warmup", "has more than " + SAMPLES_MAX + " samples");
        }
        PbtxtWarmup reader = new PbtxtWarmup(tensors, folder.resolve("warmup"));
        List<WarmupSample> samples = new ArrayList<>();
        for (PbtxtMessage place : places) {
            samples.add(reader.sample(place));
        }
        return samples;
    }

    private WarmupSample sample(PbtxtMessage place) throws IOException, InvalidConfigException {
        TritonProto.ModelWarmup warmup = (TritonProto.ModelWarmup) place.message();
        if (warmup.getName().length() > PbtxtTensors.NAME_CHARS_MAX) {
            throw place.refusal("name", "is longer than " + PbtxtTensors.NAME_CHARS_MAX);
        }
        long rows = Integer.toUnsignedLong(warmup.getBatchSize());
        if (rows > (tensors.batched() ? ModelConfigFile.BATCH_ROWS_MAX : 1)) {
            throw place.refusal("batch_size", "is " + rows + "; " + (tensors.batched()
                    ? "write at most " + ModelConfigFile.BATCH_ROWS_MAX
                    : "without a max_batch_size the model has no rows, so write 1"));
        }
        long runs = Math.max(1, Integer.toUnsignedLong(warmup.getCount()));
        if (runs > RUNS_MAX) {
            throw place.refusal("count", "is " + runs + "; write at most " + RUNS_MAX);
        }
        List<Tensor> inputs = new ArrayList<>();
        // By name, so that the same file gives the same noise.
        for (Map.Entry<String, TritonProto.ModelWarmup.Input> input : new TreeMap<>(warmup.getInputsMap())
                .entrySet()) {
            inputs.add(tensor(place, input.getKey(), input.getValue(), Math.max(1, rows)));
        }
        return new WarmupSample("the model_warmup sample '" + warmup.getName() + "'", (int) runs, inputs);
    }

    private Tensor tensor(PbtxtMessage place, String name, TritonProto.ModelWarmup.Input input, long rows)
            throws IOException, InvalidConfigException {
        Declared declared = tensors.input(name);
        DataType datatype = PbtxtTensors.datatype(input.getDataType());
        if (datatype == null || (declared != null && declared.datatype() != datatype)) {
            throw place.refusal("inputs", "'" + name + "' has no data_type that suits the input");
        }
        if (input.getDimsList().stream().anyMatch(dim -> dim < 1)) {
            throw place.refusal("inputs", "'" + name + "' has dims " + input.getDimsList()
                    + "; a sample's dimensions are whole numbers from 1");
        }
        Shape row = Shape.of(input.getDimsList().stream().mapToLong(Long::longValue).toArray());
        byte[] once = data(place, name, input, datatype, elements(place, name, row, datatype));
        if (once.length * rows > bytesLeft) {
            throw tooLarge(place, name);
        }
        bytesLeft -= once.length * rows;
        byte[] all = new byte[(int) (once.length * rows)];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(once, 0, all, i * once.length, once.length);
        }
        Shape shape = tensors.batched() ? row.behind(rows) : row;
        Shape asRun = declared == null ? shape : new Reshape(declared.clientShape(), declared.modelShape()).of(shape);
        if (asRun == null) {
            throw place.refusal("inputs", "'" + name + "' has dims " + row + ", which do not suit the input's");
        }
        try {
            return new Tensor(name, datatype, asRun, MemorySegment.ofArray(all));
        } catch (IllegalArgumentException e) {
            throw place.refusal("inputs", "'" + name + "': the data in input_data_file are not what " + datatype + row
                    + " takes");
        }
    }

    private int elements(PbtxtMessage place, String name, Shape row, DataType datatype)
            throws InvalidConfigException {
        try {
            long elements = row.elements();
            if (Math.multiplyExact(elements, bytesMin(datatype)) <= bytesLeft) {
                return (int) elements;
            }
        } catch (ArithmeticException beyondAnyTensor) {
            // Said below.
        }
        throw tooLarge(place, name);
    }

    /// Of one element; a string takes its length's four.
    private static int bytesMin(DataType datatype) {
        return datatype.isFixedSize() ? datatype.byteSize() : 4;
    }

    private static InvalidConfigException tooLarge(PbtxtMessage place, String name) {
        return place.refusal("inputs", "'" + name + "' takes the samples beyond " + BYTES_MAX + " bytes");
    }

    private byte[] data(PbtxtMessage place, String name, TritonProto.ModelWarmup.Input input, DataType datatype,
            int elements) throws IOException, InvalidConfigException {
        return switch (input.getInputDataTypeCase()) {
            case INPUT_DATA_FILE -> file(place, name, input.getInputDataFile());
            // Triton, too, has no noise for strings.
            case RANDOM_DATA -> datatype == DataType.BYTES
                    ? new byte[bytesMin(datatype) * elements]
                    : noise(datatype, elements);
            case ZERO_DATA -> new byte[bytesMin(datatype) * elements];
            case INPUTDATATYPE_NOT_SET -> throw place.refusal("inputs", "'" + name
                    + "' has no data; write zero_data, random_data or input_data_file");
        };
    }

    private byte[] file(PbtxtMessage place, String name, String file) throws IOException, InvalidConfigException {
        if (!file.matches("[A-Za-z0-9._-]+") || file.startsWith(".") || !Files.isRegularFile(data.resolve(file))) {
            throw place.refusal("inputs", "'" + name + "': there is no file '" + ModelRepository.printable(file)
                    + "' in the model's folder warmup");
        }
        try (InputStream in = Files.newInputStream(data.resolve(file))) {
            return in.readNBytes((int) bytesLeft + 1);
        }
    }

    /// Any integers, truth values, and floating-point numbers from 1 up to 2, whose bits below the exponent are free.
    private byte[] noise(DataType datatype, int elements) {
        int size = datatype.byteSize();
        byte[] noise = new byte[size * elements];
        for (int i = 0; i < elements; i++) {
            long bits = switch (datatype) {
                case BOOL -> random.nextInt(2);
                case FP16 -> 0x3C00 | random.nextInt(1 << 10);
                case BF16 -> 0x3F80 | random.nextInt(1 << 7);
                case FP32 -> 0x3F80_0000 | random.nextInt(1 << 23);
                case FP64 -> 0x3FF0_0000_0000_0000L | random.nextLong(1L << 52);
                default -> random.nextLong();
            };
            for (int b = 0; b < size; b++) {
                noise[i * size + b] = (byte) (bits >>> (8 * b));
            }
        }
        return noise;
    }
}
