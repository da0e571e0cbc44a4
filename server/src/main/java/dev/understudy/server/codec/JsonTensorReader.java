package dev.understudy.server.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/// Reads one `data` value, flat or nested in its natural shape, straight into the tensor's bytes. Not thread-safe; one
/// per value.
///
/// Every number is read as its datatype says, without a detour through a double: 64-bit integers arrive exactly, what
/// does not fit is refused, and FP32 is rounded once.
final class JsonTensorReader {
    private final JsonParser parser;
    private final InputDraft input;
    private final DataType datatype;
    private final Shape shape;
    private final long elements;
    private final TensorBytes out;
    private long read;

    /// A reader of the value at the parser's current token, of the draft's datatype and shape. An element takes at least
    /// two of the request's `jsonBytes`, itself and a separator, so these bound what is set aside for a shape that more
    /// elements belong to than came.
    JsonTensorReader(JsonParser parser, InputDraft input, int jsonBytes) throws Refusal {
        this.parser = parser;
        this.input = input;
        datatype = input.requireDatatype();
        shape = input.requireShape();
        elements = input.elements();
        if (datatype == DataType.FP16 || datatype == DataType.BF16) {
            throw input.refuse("receiving " + datatype + " data via JSON is not supported. "
                    + "Please use the binary data format for input");
        }
        long elementsMax = Math.min(elements, jsonBytes / 2 + 1);
        long bytes = elementsMax * (datatype.isFixedSize() ? datatype.byteSize() : TensorBytes.LENGTH_BYTES);
        if (bytes > TensorBytes.BYTES_MAX) {
            throw tooLarge();
        }
        out = new TensorBytes((int) bytes);
    }

    /// The elements in the tensor's layout. The parser stands on the value's last token afterwards.
    byte[] read() throws IOException, Refusal {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_ARRAY) {
            readArrays();
        } else if (shape.rank() == 0) {
            element(token);
        } else {
            throw input.refuse("'data' must be an array, not " + JsonFields.describe(token));
        }
        if (read != elements) {
            throw input.refuse("'data' has " + read + " elements, but shape " + shape + " needs " + elements);
        }
        return out.toArray();
    }

    private void readArrays() throws IOException, Refusal {
        int rank = shape.rank();
        long[] counts = new long[Math.max(1, rank)];
        int depth = 1;
        boolean nested = false;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_ARRAY) {
                if (depth >= rank || (!nested && read > 0)) {
                    throw input.refuse("'data' is nested otherwise than shape " + shape);
                }
                nested = true;
                counts[depth - 1]++;
                counts[depth++] = 0;
            } else if (token == JsonToken.END_ARRAY) {
                depth--;
                if (nested && counts[depth] != shape.dim(depth)) {
                    throw input.refuse("'data' has " + counts[depth] + " entries at depth " + (depth + 1)
                            + ", but shape " + shape + " needs " + shape.dim(depth));
                }
            } else {
                if (nested && depth != rank) {
                    throw input.refuse("'data' is nested otherwise than shape " + shape);
                }
                counts[depth - 1]++;
                element(token);
            }
        }
    }

    private void element(JsonToken token) throws IOException, Refusal {
        if (read == elements) {
            throw input.refuse("'data' has more than the " + elements + " elements of shape " + shape);
        }
        switch (datatype) {
            case BOOL -> {
                if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
                    throw mismatch(token, "true or false");
                }
                out.add((byte) (token == JsonToken.VALUE_TRUE ? 1 : 0));
            }
            case INT8 -> out.add((byte) integer(token, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case UINT8 -> out.add((byte) integer(token, 0, 0xFF));
            case INT16 -> out.add((short) integer(token, Short.MIN_VALUE, Short.MAX_VALUE));
            case UINT16 -> out.add((short) integer(token, 0, 0xFFFF));
            case INT32 -> out.add((int) integer(token, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT32 -> out.add((int) integer(token, 0, 0xFFFF_FFFFL));
            case INT64 -> out.add(integer(token, Long.MIN_VALUE, Long.MAX_VALUE));
            case UINT64 -> out.add(unsignedLong(token));
            case FP32 -> out.add(fp32(token));
            case FP64 -> out.add(fp64(token));
            case BYTES -> string(token);
            case FP16, BF16 -> throw new IllegalStateException("refused before");
        }
        read++;
    }

    private long integer(JsonToken token, long min, long max) throws IOException, Refusal {
        requireInteger(token);
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw outOfRange();
        }
        long value = parser.getLongValue();
        if (value < min || value > max) {
            throw outOfRange();
        }
        return value;
    }

    private long unsignedLong(JsonToken token) throws IOException, Refusal {
        requireInteger(token);
        if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return integer(token, 0, Long.MAX_VALUE);
        }
        BigInteger value = parser.getBigIntegerValue();
        if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
            throw outOfRange();
        }
        return value.longValue();
    }

    private void requireInteger(JsonToken token) throws Refusal {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw mismatch(token, "an integer");
        }
    }

    private float fp32(JsonToken token) throws IOException, Refusal {
        if (!token.isNumeric()) {
            throw mismatch(token, "a number");
        }
        float value = parser.getFloatValue();
        if (Float.isInfinite(value)) {
            throw outOfRange();
        }
        return value == 0 && isNegative() ? -0.0f : value;
    }

    private double fp64(JsonToken token) throws IOException, Refusal {
        if (!token.isNumeric()) {
            throw mismatch(token, "a number");
        }
        double value = parser.getDoubleValue();
        if (Double.isInfinite(value)) {
            throw outOfRange();
        }
        return value == 0 && isNegative() ? -0.0 : value;
    }

    /// The integer `-0` loses its sign in the parser.
    private boolean isNegative() throws IOException {
        return parser.getTextCharacters()[parser.getTextOffset()] == '-';
    }

    private void string(JsonToken token) throws IOException, Refusal {
        if (token != JsonToken.VALUE_STRING) {
            throw mismatch(token, "a string");
        }
        String text = parser.getText();
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (hasLoneSurrogate(text)) {
            throw input.refuse("element " + read + " of 'data' holds half a surrogate pair, which is not a character");
        }
        if (!out.add(utf8)) {
            throw tooLarge();
        }
    }

    private static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private Refusal tooLarge() {
        return input.refuse("'data' is larger than a tensor can be");
    }

    private Refusal mismatch(JsonToken token, String expected) {
        return input.refuse("element " + read + " of 'data' is " + JsonFields.describe(token) + ", but " + datatype
                + " needs " + expected);
    }

    private Refusal outOfRange() throws IOException {
        return input.refuse("element " + read + " of 'data' is " + JsonFields.abbreviate(parser.getText())
                + ", which is out of range for " + datatype);
    }
}
