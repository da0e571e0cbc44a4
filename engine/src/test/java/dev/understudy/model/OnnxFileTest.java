package dev.understudy.model;

import static dev.understudy.model.OnnxBytes.entry;
import static dev.understudy.model.OnnxBytes.external;
import static dev.understudy.model.OnnxBytes.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.OnnxFile.ExternalFile;
import dev.understudy.model.OnnxFile.Reading;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxFileTest {
    private final Path folder;

    OnnxFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Reading read(byte[] bytes) throws IOException {
        return OnnxFile.read(Files.write(folder.resolve("x.onnx"), bytes));
    }

    private Reading.Unusable unusable(byte[] bytes) throws IOException {
        return assertInstanceOf(Reading.Unusable.class, read(bytes));
    }

    private List<String> externalOf(OnnxBytes graph) throws IOException {
        Reading.Usable usable = assertInstanceOf(Reading.Usable.class, read(OnnxBytes.model(graph)));
        return usable.external().stream().map(ExternalFile::name).toList();
    }

    @Test
    void everyRealModelIsUsable() throws IOException {
        List<Path> models = SharedModels.all();
        assertTrue(models.size() > 40, "found " + models.size());
        for (Path model : models) {
            assertInstanceOf(Reading.Usable.class, OnnxFile.read(model), model::toString);
        }
    }

    @Test
    void aRealModelsExternalDataIsFound() throws IOException {
        Path model = SharedModels.folder().resolve("vespa/external_data/1/model.onnx");
        assertEquals(new Reading.Usable(List.of(new ExternalFile("external_data.bin", 4))), OnnxFile.read(model));
    }

    @Test
    void noPrefixOfARealModelIsUsableAndEachMayStillGrow() throws IOException {
        byte[] whole = Files.readAllBytes(SharedModels.folder().resolve("vespa/external_data/1/model.onnx"));
        for (int length = 0; length < whole.length; length++) {
            Reading.Unusable cut = unusable(Arrays.copyOf(whole, length));
            assertTrue(cut.truncated(), "length " + length + ": " + cut.reason());
        }
    }

    @Test
    void tensorsAreFoundWhereverTheSchemaCanHideThem() throws IOException {
        OnnxBytes inAttribute = message().bytes(5, message().bytes(5, external("attribute")));
        assertEquals(List.of("initializer"), externalOf(message().bytes(5, external("initializer"))));
        assertEquals(List.of("values", "indices"), externalOf(
                message().bytes(15, message().bytes(1, external("values")).bytes(2, external("indices")))));
        assertEquals(List.of("attribute"), externalOf(message().bytes(1, inAttribute)));
        assertEquals(List.of("list"), externalOf(message().bytes(1,
                message().bytes(5, message().bytes(10, message()).bytes(10, external("list"))))));
        assertEquals(List.of("sparse", "sparses"), externalOf(message().bytes(1,
                message().bytes(5, message().bytes(22, message().bytes(1, external("sparse"))).bytes(23,
                        message().bytes(2, external("sparses")))))));
        for (int graphField : new int[]{6, 11}) {
            OnnxBytes subgraph = message().bytes(1, inAttribute);
            assertEquals(List.of("attribute"), externalOf(
                    message().bytes(1, message().bytes(5, message().bytes(graphField, subgraph)))));
        }
        byte[] model = message().bytes(7, message()).bytes(8, message())
                .bytes(25, message().bytes(7, message().bytes(5, message().bytes(5, external("function")))).bytes(11,
                        message().bytes(5, external("default"))))
                .bytes(20, message().bytes(1, message().bytes(5, external("training")))).toBytes();
        assertEquals(List.of("function", "default", "training"), ((Reading.Usable) read(model)).external().stream()
                .map(ExternalFile::name).toList());
    }

    @Test
    void aFileIsListedOnceWithTheSizeItsTensorsNeed() throws IOException {
        OnnxBytes near = message().bytes(13, entry("location", "./w.bin")).bytes(13, entry("offset", "0"))
                .bytes(13, entry("length", "8")).number(14, 1);
        OnnxBytes far = message().bytes(13, entry("location", "w.bin")).bytes(13, entry("offset", "4096"))
                .bytes(13, entry("length", "4")).bytes(13, entry("checksum", "x")).number(14, 1);
        Reading reading = read(OnnxBytes.model(message().bytes(5, far).bytes(5, near)));
        assertEquals(new Reading.Usable(List.of(new ExternalFile("w.bin", 4100))), reading);
    }

    @Test
    void dataThatIsNotSaidToBeExternalIsNot() throws IOException {
        assertEquals(List.of(), externalOf(message().bytes(5, message().bytes(13, entry("location", "w.bin")))));
        assertEquals(List.of(),
                externalOf(message().bytes(5, message().bytes(13, entry("location", "w.bin")).number(14, 0))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../w.bin", "/etc/passwd", "a/../../w.bin", "a/../w.bin", "", ".", "a\nb", "a\0b",
        "model.onnx", "./model.onnx"})
    void namesThatLeadElsewhereAreRefusedWithoutRepeatingThem(String location) throws IOException {
        Reading.Unusable refused = unusable(OnnxBytes.withExternal(location));
        assertFalse(refused.truncated());
        assertFalse(refused.reason().contains("etc"), refused.reason());
        assertTrue(refused.reason().contains("external data file"), refused.reason());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "", "99999999999999999999"})
    void offsetsThatAreNoNumbersAreRefused(String offset) throws IOException {
        OnnxBytes tensor = message().bytes(13, entry("location", "w")).bytes(13, entry("offset", offset)).number(14, 1);
        assertTrue(unusable(OnnxBytes.model(message().bytes(5, tensor))).reason().contains("offset"));
    }

    @Test
    void externalDataWithoutAFileIsRefused() throws IOException {
        assertTrue(unusable(OnnxBytes.model(message().bytes(5, message().number(14, 1)))).reason()
                .contains("not in which file"));
    }

    @Test
    void garbageIsRefusedForGoodAndNamedWhereItIsKnown() throws IOException {
        assertFalse(unusable("<html>not found</html>".getBytes(StandardCharsets.UTF_8)).truncated());
        assertFalse(unusable(new byte[1000]).truncated());
        assertTrue(
                unusable("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".getBytes(StandardCharsets.UTF_8))
                        .reason().contains("Git LFS pointer"));
        byte[] brokenInside = OnnxBytes.model(message().bytes(1, new byte[]{0x2a, 0x7f, 1}));
        assertFalse(unusable(brokenInside).truncated());
    }

    @Test
    void graphsNestedWithoutEndAreRefused() throws IOException {
        OnnxBytes graph = message().text(2, "innermost");
        for (int depth = 0; depth < 10; depth++) {
            graph = message().bytes(1, message().bytes(5, message().bytes(6, graph)));
        }
        assertEquals(List.of(), externalOf(graph));
        for (int depth = 0; depth < 1000; depth++) {
            graph = message().bytes(1, message().bytes(5, message().bytes(6, graph)));
        }
        assertTrue(unusable(OnnxBytes.model(graph)).reason().contains("deeper"));
    }

    /// The file is sparse: reading its weights would take its size in memory or seconds of time, passing over them
    /// takes neither.
    @Test
    void weightsArePassedOver() throws IOException {
        long weightBytes = 2_000_000_000L;
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        long tensor = 1 + varint(weightBytes).length + weightBytes;
        long graph = 1 + varint(tensor).length + tensor;
        head.write(new byte[]{8, 8, 0x42, 2, 0x10, 12, 0x3a});
        head.write(varint(graph));
        head.write(0x2a);
        head.write(varint(tensor));
        head.write(0x4a);
        head.write(varint(weightBytes));
        Path file = folder.resolve("large.onnx");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(head.toByteArray());
            out.setLength(head.size() + weightBytes);
            assertEquals(new Reading.Usable(List.of()), OnnxFile.read(file));
            out.setLength(head.size() + weightBytes - 1);
            assertTrue(assertInstanceOf(Reading.Unusable.class, OnnxFile.read(file)).truncated());
            out.setLength(1L << 31);
            assertTrue(assertInstanceOf(Reading.Unusable.class, OnnxFile.read(file)).reason().contains("2 GiB"));
        }
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long rest = value;; rest >>>= 7) {
            if (rest < 0x80) {
                out.write((int) rest);
                return out.toByteArray();
            }
            out.write((int) ((rest & 0x7f) | 0x80));
        }
    }
}
