package dev.understudy.server.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class CodecLawsTest {
    private static final List<DataType> TYPES = List.of(DataType.values());
    private static final Timings NO_TIME = new Timings(0, 0, 0, 0, 1);

    @Property
    void jsonOutAndJsonInGiveTheSameBits(@ForAll("jsonTypes") DataType datatype, @ForAll long seed) {
        Tensor tensor = tensor("t", datatype, new Random(seed), true);
        Encoding.Encoded encoded = encode(List.of(tensor), AnswerForm.JSON);
        assertSame(List.of(tensor), Bodies.request(asRequest(encoded)).inputs());
    }

    @Property
    void binaryOutAndBinaryInGiveTheSameBits(@ForAll DataType first, @ForAll DataType second, @ForAll long seed) {
        Random random = new Random(seed);
        List<Tensor> tensors = List.of(tensor("a", first, random, false), tensor("b", second, random, false));
        Encoding.Encoded encoded = encode(tensors, AnswerForm.BINARY);
        List<byte[]> data = encoded.binaries().stream().map(Bodies::bytes).toList();
        assertSame(tensors, Bodies.request(asRequest(encoded), data.toArray(byte[][]::new)).inputs());
    }

    /// Whatever stands in its JSON, read or passed over, stays in memory with the binary inputs behind it.
    @Property
    void aRequestCountsAllOfTheBodyItHoldsAndEveryTextOfIts(@ForAll @IntRange(max = 5_000) int ignoredChars,
            @ForAll @IntRange(max = 5_000) int idChars, @ForAll @IntRange(max = 5_000) int segmentChars,
            @ForAll long seed) {
        Tensor tensor = tensor("t", DataType.FP32, new Random(seed), false);
        Encoding.Encoded encoded = encode(List.of(tensor), AnswerForm.BINARY);
        String json = "{\"parameters\":{\"segment\":\"" + "s".repeat(segmentChars) + "\",\"ignored\":\""
                + "x".repeat(ignoredChars) + "\"},"
                + asRequest(encoded).substring(1).replace("\"id\":\"id\"", "\"id\":\"" + "i".repeat(idChars) + "\"");
        long held = Bodies.request(json, Bodies.bytes(encoded.binaries().getFirst())).heldBytes();
        assertTrue(held >= json.length() + tensor.byteSize() + idChars + segmentChars, "held=" + held);
    }

    @Property
    void aRawBooleanOtherThanZeroAndOneIsRefusedWithItsPlace(@ForAll @IntRange(min = 1, max = 100) int size,
            @ForAll long seed) {
        Random random = new Random(seed);
        byte[] booleans = booleans(random, size);
        Bodies.accepted(Bodies.decode(booleanInput(size), booleans));
        int at = random.nextInt(size);
        booleans[at] = (byte) random.nextInt(2, 256);
        assertEquals("input 't': element " + at + " of the BOOL data is " + Byte.toUnsignedInt(booleans[at])
                + ": expected 0 or 1", Bodies.refusal(Bodies.decode(booleanInput(size), booleans)));
    }

    private static String booleanInput(int size) {
        return "{\"inputs\":[{\"name\":\"t\",\"shape\":[" + size + "],\"datatype\":\"BOOL\",\"parameters\":"
                + "{\"binary_data_size\":" + size + "}}]}";
    }

    static byte[] booleans(Random random, int size) {
        byte[] booleans = new byte[size];
        for (int i = 0; i < size; i++) {
            booleans[i] = (byte) random.nextInt(2);
        }
        return booleans;
    }

    @Property(tries = 3000)
    void aDamagedRequestIsDecodedOrRefusedButNeverThrows(@ForAll long seed) {
        Random random = new Random(seed);
        List<Tensor> tensors = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            DataType datatype = TYPES.get(random.nextInt(TYPES.size()));
            boolean json = datatype != DataType.FP16 && datatype != DataType.BF16 && random.nextBoolean();
            tensors.add(tensor((json ? "j" : "b") + i, datatype, random, json));
        }
        AnswerForm form = new AnswerForm(true, jsonNames(tensors), Map.of());
        Encoding.Encoded encoded = encode(tensors, form);
        byte[] json = asRequest(encoded).getBytes(StandardCharsets.UTF_8);
        byte[] body = Bodies.concat(json, encoded.binaries().stream().map(Bodies::bytes).toArray(byte[][]::new));
        byte[] damaged = damage(body, random);
        int jsonBytes = Math.min(damaged.length, Math.max(0, json.length + random.nextInt(5) - 2));
        if (Bodies.decode(jsonBytes, damaged) instanceof Decoding.Refused refused) {
            Bodies.refusal(refused);
        }
    }

    @Property(tries = 2000)
    void arbitraryTextIsRefused(@ForAll("jsonish") String text) {
        if (Bodies.decode(text) instanceof Decoding.Refused refused) {
            Bodies.refusal(refused);
        }
    }

    @Property
    void fp32TextIsReadAsTheStandardLibraryReadsIt(@ForAll("decimals") String text) {
        float expected = Float.parseFloat(text);
        Decoding decoding = Bodies.decode(Bodies.input("FP32", "[1]", "[" + text + "]"));
        if (Float.isInfinite(expected)) {
            Bodies.refusal(decoding);
        } else {
            byte[] bytes = Bodies.bytes(Bodies.accepted(decoding).request().inputs().getFirst());
            assertEquals(Float.floatToRawIntBits(expected),
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(), text);
        }
    }

    @Provide
    Arbitrary<DataType> jsonTypes() {
        return Arbitraries.of(DataType.class).filter(type -> type != DataType.FP16 && type != DataType.BF16);
    }

    @Provide
    Arbitrary<String> jsonish() {
        return Arbitraries.of("{", "}", "[", "]", ",", ":", "\"inputs\"", "\"name\"", "\"x\"", "\"shape\"", "\"data\"",
                "\"datatype\"", "\"FP32\"", "\"parameters\"", "\"outputs\"", "1", "-0", "1e999", "null", "true", " ",
                "\"\\ud800\"", "\u0000").list().ofMaxSize(24).map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<String> decimals() {
        Arbitrary<String> digits = Arbitraries.strings().withCharRange('0', '9').ofMinLength(1).ofMaxLength(40);
        Arbitrary<Integer> exponents = Arbitraries.integers().between(-60, 45);
        return digits.flatMap(fraction -> exponents.flatMap(exponent -> Arbitraries.of("", "-")
                .map(sign -> sign + fraction.charAt(0) + "." + fraction + "e" + exponent)));
    }

    private static Map<String, Boolean> jsonNames(List<Tensor> tensors) {
        Map<String, Boolean> names = new HashMap<>();
        tensors.stream().filter(tensor -> tensor.name().startsWith("j")).forEach(it -> names.put(it.name(), false));
        return names;
    }

    private static byte[] damage(byte[] body, Random random) {
        byte[] damaged = body.clone();
        for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(4)) {
                case 0 -> damaged[at] = (byte) random.nextInt(256);
                case 1 -> damaged[at] = (byte) "{}[]\",:-0129eE.\\ntf".charAt(random.nextInt(19));
                case 2 -> damaged = Arrays.copyOf(damaged, at);
                default -> damaged = Bodies.concat(Arrays.copyOf(damaged, at),
                        Arrays.copyOfRange(damaged, random.nextInt(damaged.length), damaged.length));
            }
        }
        return damaged;
    }

    private static Encoding.Encoded encode(List<Tensor> outputs, AnswerForm form) {
        return assertInstanceOf(Encoding.Encoded.class,
                AnswerEncoder.encode(new InferenceResponse("m", "1", outputs, NO_TIME), "id", form));
    }

    /// An answer's JSON, turned into a request's: outputs and inputs have the same fields.
    private static String asRequest(Encoding.Encoded encoded) {
        String json = StandardCharsets.UTF_8.decode(encoded.json().duplicate()).toString();
        return json.replaceFirst("\"outputs\":", "\"inputs\":");
    }

    static void assertSame(List<Tensor> expected, List<Tensor> actual) {
        assertEquals(expected.toString(), actual.toString());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(Bodies.bytes(expected.get(i)), Bodies.bytes(actual.get(i)), expected.get(i).toString());
        }
    }

    static Tensor tensor(String name, DataType datatype, Random random, boolean json) {
        long[] dims = random.longs(random.nextInt(4), 0, 4).toArray();
        Shape shape = Shape.of(dims);
        int elements = (int) shape.elements();
        if (datatype == DataType.BYTES) {
            byte[][] strings = new byte[elements][];
            for (int i = 0; i < elements; i++) {
                strings[i] = json ? text(random).getBytes(StandardCharsets.UTF_8) : random(random, random.nextInt(9));
            }
            return Tensor.ofBytes(name, shape, strings);
        }
        ByteBuffer data = ByteBuffer.wrap(random(random, elements * datatype.byteSize()))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; datatype == DataType.BOOL && i < elements; i++) {
            data.put(i, (byte) (data.get(i) & 1));
        }
        for (int i = 0; json && i < elements; i++) {
            switch (datatype) {
                case FP32 -> {
                    while (!Float.isFinite(data.getFloat(4 * i))) {
                        data.putInt(4 * i, random.nextInt());
                    }
                }
                case FP64 -> {
                    while (!Double.isFinite(data.getDouble(8 * i))) {
                        data.putLong(8 * i, random.nextLong());
                    }
                }
                default -> {
                    continue;
                }
            }
        }
        return new Tensor(name, datatype, shape, MemorySegment.ofArray(data.array()));
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(6), 0, 0x11000).filter(c -> c < 0xD800 || c > 0xDFFF)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
