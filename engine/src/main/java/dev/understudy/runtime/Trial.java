package dev.understudy.runtime;

import dev.understudy.model.WarmupSample;
import dev.understudy.runtime.SyntheticInputs.Fill;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The trial of a loaded model: warms it up on recorded inputs, on given samples, and on ones, or zeros where ones do not
/// suit it, pins the outputs whose shapes hold, and
/// finds out whether rows are independent. A dynamic first dimension alone proves nothing: a model may mix its rows (a
/// dynamic int8 scale is taken over the whole batch), and a wrong guess gives wrong answers.
public final class Trial {
    /// Sizes tried for dimensions that vary beyond the first: from the least to an image's.
    private static final long[] FREE_SIZES = {1, 8, 32, 224};
    /// Ones first: where an input is a size, an axis or a divisor, zero is what models bear worst. Some never return.
    private static final List<Fill> FILLS = List.of(Fill.ONES, Fill.ZEROS);
    private static final long ROWS = 4;
    private static final long MIB = 1024 * 1024;
    /// What a request may carry at most, so a model that needs more could not be served.
    private static final long INPUT_BYTES_MAX = 64L * 1024 * 1024;

    private final OrtInstance instance;
    private final Signature signature;

    private Trial(OrtInstance instance) {
        this.instance = instance;
        this.signature = instance.signature();
    }

    /// Tries `instance` on the thread that owns it. That nothing made up suits it is a finding, not a refusal: where inputs
    /// are sizes or indices, only real requests can tell.
    ///
    /// @param samples recorded requests and those its configuration names; every one must run
    /// @throws ModelLoadException when one of them fails, or a run is not on the stream the instance was given
    public static TrialReport run(OrtInstance instance, List<WarmupSample> samples) throws ModelLoadException {
        return new Trial(instance).run(samples);
    }

    /// The first inputs a trial makes up: one row of ones, every other dimension that varies 1. Not every model takes them.
    public static List<Tensor> madeUp(Signature signature) {
        return SyntheticInputs.make(signature, Fill.ONES, 0, 1, FREE_SIZES[0]);
    }

    private TrialReport run(List<WarmupSample> samples) throws ModelLoadException {
        for (WarmupSample sample : samples) {
            try {
                checkDatatypes(sample);
                for (int i = 0; i < sample.runs(); i++) {
                    instance.runAlone(sample.inputs());
                }
            } catch (RunFailedException e) {
                instance.requireStream();
                throw new ModelLoadException("it failed on " + sample.what() + ": " + e.reason());
            }
        }
        if (inputBytes(1, FREE_SIZES[0]) > INPUT_BYTES_MAX) {
            throw new ModelLoadException("its inputs take " + (long) (inputBytes(1, FREE_SIZES[0]) / MIB)
                    + " MiB, more than the " + INPUT_BYTES_MAX / MIB + " MiB a trial may take");
        }
        String failure = "";
        for (long free : freeSizes()) {
            for (Fill fill : FILLS) {
                try {
                    return report(free, instance.runAlone(SyntheticInputs.make(signature, fill, 0, 1, free)));
                } catch (RunFailedException e) {
                    instance.requireStream();
                    failure = e.reason();
                }
            }
        }
        return samples.isEmpty()
                ? new TrialReport(false, false, false, failure)
                : new TrialReport(true, false, false);
    }

    private void checkDatatypes(WarmupSample sample) throws RunFailedException {
        for (Tensor input : sample.inputs()) {
            TensorSpec spec = signature.input(input.name());
            if (spec == null || spec.datatype() != input.datatype()) {
                throw new RunFailedException("the model has no input '" + input.name() + "' of " + input.datatype(),
                        false);
            }
        }
    }

    private TrialReport report(long free, List<Tensor> single) {
        boolean stackable = signature.everyFirstDimensionVaries() && inputBytes(ROWS, free) <= INPUT_BYTES_MAX
                && stacks(free);
        pinProven(single, stackable);
        return new TrialReport(true, stackable, stackable && rowsIndependent(free));
    }

    private boolean stacks(long free) {
        for (long rows = 2; rows <= 3; rows++) {
            try {
                List<Tensor> outputs = instance.runAlone(SyntheticInputs.make(signature, Fill.ONES, 0, rows, free));
                for (Tensor output : outputs) {
                    if (output.shape().rank() == 0 || output.shape().dim(0) != rows) {
                        return false;
                    }
                }
            } catch (RunFailedException e) {
                return false;
            }
        }
        return true;
    }

    private void pinProven(List<Tensor> single, boolean stackable) {
        for (int i = 0; i < single.size(); i++) {
            Shape declared = signature.outputs().get(i).shape();
            boolean varies = declared.rank() > 0 && declared.dim(0) == Shape.VARIABLE;
            Shape expected = varies ? declared.withRows(1) : declared;
            if (expected.isConcrete() && expected.equals(single.get(i).shape()) && (!varies || stackable)) {
                instance.pin(i);
            }
        }
    }

    private boolean rowsIndependent(long free) {
        try {
            List<Tensor> stacked = instance.runAlone(SyntheticInputs.make(signature, Fill.NOISE, 0, ROWS, free));
            for (long row = 0; row < ROWS; row++) {
                List<Tensor> alone = instance.runAlone(SyntheticInputs.make(signature, Fill.NOISE, row, 1, free));
                for (int i = 0; i < alone.size(); i++) {
                    if (!sameRow(alone.get(i), stacked.get(i), row)) {
                        return false;
                    }
                }
            }
            return true;
        } catch (RunFailedException e) {
            return false;
        }
    }

    private static boolean sameRow(Tensor alone, Tensor stacked, long row) {
        if (!alone.shape().sameRowShape(stacked.shape())) {
            return false;
        }
        if (alone.datatype() == DataType.BYTES) {
            return sameStrings(alone.byteStrings(), stacked.byteStrings(), row);
        }
        MemorySegment a = alone.data();
        MemorySegment b = stacked.data().asSlice(row * a.byteSize(), a.byteSize());
        if (!alone.datatype().isFloatingPoint()) {
            return a.mismatch(b) < 0;
        }
        int size = alone.datatype().byteSize();
        double tolerance = size == 2 ? 1e-2 : 1e-4;
        for (long offset = 0; offset < a.byteSize(); offset += size) {
            double x = value(a, alone.datatype(), offset);
            double y = value(b, alone.datatype(), offset);
            boolean close = Math.abs(y - x) <= tolerance * (0.1 + Math.abs(x)) || Double.compare(x, y) == 0;
            if (!close) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameStrings(byte[][] alone, byte[][] stacked, long row) {
        int from = Math.toIntExact(row * alone.length);
        return Arrays.deepEquals(alone, Arrays.copyOfRange(stacked, from, from + alone.length));
    }

    private static double value(MemorySegment data, DataType datatype, long offset) {
        return switch (datatype) {
            case FP16 -> Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED
                    .withOrder(ByteOrder.LITTLE_ENDIAN), offset));
            case BF16 -> Float.intBitsToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED
                    .withOrder(ByteOrder.LITTLE_ENDIAN), offset) << 16);
            case FP64 -> data.get(ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), offset);
            default -> data.get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), offset);
        };
    }

    private List<Long> freeSizes() {
        List<Long> sizes = new ArrayList<>();
        for (long size : FREE_SIZES) {
            if (sizes.isEmpty() || (hasFreeDimensions() && inputBytes(1, size) <= INPUT_BYTES_MAX)) {
                sizes.add(size);
            }
        }
        return sizes;
    }

    private boolean hasFreeDimensions() {
        for (TensorSpec input : signature.inputs()) {
            for (int axis = 1; axis < input.shape().rank(); axis++) {
                if (input.shape().dim(axis) == Shape.VARIABLE) {
                    return true;
                }
            }
        }
        return false;
    }

    /// A double, since made-up dimensions may multiply to more than a long holds.
    private double inputBytes(long rows, long free) {
        double bytes = 0;
        for (TensorSpec input : signature.inputs()) {
            double size = Math.max(1, input.datatype().byteSize());
            for (int axis = 0; axis < input.shape().rank(); axis++) {
                long dim = input.shape().dim(axis);
                size *= dim != Shape.VARIABLE ? dim : axis == 0 ? rows : free;
            }
            bytes += size;
        }
        return bytes;
    }
}
