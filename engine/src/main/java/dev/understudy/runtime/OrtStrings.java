package dev.understudy.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// BYTES tensors to and from the Java strings of ONNX Runtime's Java API, which takes text only.
public final class OrtStrings {
    private OrtStrings() {}

    /// The elements as text.
    ///
    /// @throws RunFailedException naming the first element that is not UTF-8
    public static String[] decode(Tensor tensor) throws RunFailedException {
        byte[][] elements = tensor.byteStrings();
        String[] text = new String[elements.length];
        for (int i = 0; i < text.length; i++) {
            try {
                text[i] = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(elements[i])).toString();
            } catch (CharacterCodingException e) {
                throw new RunFailedException("input '" + tensor.name() + "': element " + i
                        + " is not UTF-8, and a model's strings must be", false);
            }
        }
        return text;
    }

    static MemorySegment read(OnnxTensor tensor, String name, Shape shape) throws OrtException {
        List<String> elements = new ArrayList<>();
        flatten(tensor.getValue(), elements);
        return Tensor.ofStrings(name, shape, elements.toArray(String[]::new)).data();
    }

    private static void flatten(Object value, List<String> into) {
        if (value instanceof Object[] nested) {
            for (Object element : nested) {
                flatten(element, into);
            }
        } else {
            into.add((String) value);
        }
    }
}
