package dev.understudy.runtime;

import dev.understudy.ffm.ort.ElementType;
import dev.understudy.ffm.ort.Session;
import dev.understudy.ffm.ort.ValueInfo;
import dev.understudy.ffm.ort.ValueType;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Reads a session's signature, and refuses the models whose values the protocol cannot carry.
final class OrtSignature {
    private OrtSignature() {}

    /// The session's signature as what is declared of it narrows it.
    static Signature read(Session session, TensorDeclarations declared) throws ModelLoadException {
        List<TensorSpec> inputs = specs("input", session.inputs());
        List<TensorSpec> outputs = specs("output", session.outputs());
        return DeclaredSignature.of(new Signature(inputs, outputs, sharedBatchAxis(session)), declared);
    }

    private static List<TensorSpec> specs(String role, List<ValueInfo> values) throws ModelLoadException {
        List<TensorSpec> specs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ValueInfo value : values) {
            if (value.name().isEmpty()) {
                throw new ModelLoadException("one " + role + " has no name, so that no request could speak of it");
            }
            if (!names.add(value.name())) {
                throw new ModelLoadException("two " + role + "s have the name '" + value.name() + "'");
            }
            specs.add(spec(role, value));
        }
        return specs;
    }

    private static TensorSpec spec(String role, ValueInfo value) throws ModelLoadException {
        String what = role + " '" + value.name() + "'";
        return switch (value.type()) {
            case ValueType.Tensor tensor -> spec(what, value.name(), tensor, value.hasDefault());
            case ValueType.Maybe(ValueType.Tensor tensor) when role.equals("input") ->
                spec(what, value.name(), tensor, true);
            case ValueType.Maybe(ValueType contained) -> throw notATensor(what, "an optional " + word(contained));
            case ValueType.Other(String name) -> throw notATensor(what, name);
        };
    }

    private static String word(ValueType type) {
        return switch (type) {
            case ValueType.Tensor _ -> "tensor";
            case ValueType.Maybe _ -> "optional";
            case ValueType.Other(String name) -> name;
        };
    }

    private static ModelLoadException notATensor(String what, String type) {
        return new ModelLoadException(what + " is not a tensor but " + type + ", which the protocol cannot carry");
    }

    private static TensorSpec spec(String what, String name, ValueType.Tensor tensor, boolean optional)
            throws ModelLoadException {
        Shape shape = tensor.dimensions()
                .map(dimensions -> Shape.of(dimensions.stream().mapToLong(ValueType.Dimension::size).toArray()))
                .orElse(Shape.ANY);
        return new TensorSpec(name, datatype(what, tensor.elements()), shape, optional);
    }

    private static DataType datatype(String what, ElementType type) throws ModelLoadException {
        return switch (type) {
            case BOOL -> DataType.BOOL;
            case UINT8 -> DataType.UINT8;
            case UINT16 -> DataType.UINT16;
            case UINT32 -> DataType.UINT32;
            case UINT64 -> DataType.UINT64;
            case INT8 -> DataType.INT8;
            case INT16 -> DataType.INT16;
            case INT32 -> DataType.INT32;
            case INT64 -> DataType.INT64;
            case FLOAT16 -> DataType.FP16;
            case BFLOAT16 -> DataType.BF16;
            case FLOAT -> DataType.FP32;
            case DOUBLE -> DataType.FP64;
            case STRING -> DataType.BYTES;
            case UNDEFINED, COMPLEX64, COMPLEX128, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, UINT4,
                    INT4,
                    FLOAT4E2M1, UINT2, INT2, FLOAT8E8M0 ->
                throw new ModelLoadException(
                        what + " has the element type " + type + ", for which the protocol has no datatype");
        };
    }

    /// ONNX Runtime's name of a datatype.
    static ElementType elements(DataType datatype) {
        return switch (datatype) {
            case BOOL -> ElementType.BOOL;
            case UINT8 -> ElementType.UINT8;
            case UINT16 -> ElementType.UINT16;
            case UINT32 -> ElementType.UINT32;
            case UINT64 -> ElementType.UINT64;
            case INT8 -> ElementType.INT8;
            case INT16 -> ElementType.INT16;
            case INT32 -> ElementType.INT32;
            case INT64 -> ElementType.INT64;
            case FP16 -> ElementType.FLOAT16;
            case BF16 -> ElementType.BFLOAT16;
            case FP32 -> ElementType.FLOAT;
            case FP64 -> ElementType.DOUBLE;
            case BYTES -> ElementType.STRING;
        };
    }

    private static boolean sharedBatchAxis(Session session) {
        List<String> names = Stream
                .concat(session.inputs().stream().filter(input -> !isOptional(input)), session.outputs().stream())
                .map(value -> firstDimensionName(value.type())).distinct().toList();
        return names.size() == 1 && !names.getFirst().isEmpty()
                && session.inputs().stream().anyMatch(input -> !isOptional(input));
    }

    private static boolean isOptional(ValueInfo input) {
        return input.hasDefault() || input.type() instanceof ValueType.Maybe;
    }

    /// The symbol of a first dimension that varies, empty without one.
    private static String firstDimensionName(ValueType type) {
        return type instanceof ValueType.Tensor tensor
                ? tensor.dimensions().flatMap(dimensions -> dimensions.stream().findFirst())
                        .filter(first -> first.size() < 0).map(ValueType.Dimension::symbol).orElse("")
                : "";
    }
}
