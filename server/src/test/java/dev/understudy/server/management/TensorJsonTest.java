package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TensorJsonTest {
    private static JsonNode written(Tensor tensor, int elementsMax) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Answer.MAPPER.createGenerator(text)) {
            TensorJson.write(json, tensor, elementsMax);
        }
        return Answer.MAPPER.readTree(text.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"BOOL | 0001 | [false,true]", "INT8 | ff7f | [-1,127]",
        "UINT8 | ff7f | [255,127]", "INT16 | ffff0080 | [-1,-32768]", "UINT16 | ffff0080 | [65535,32768]",
        "INT32 | ffffffff00000080 | [-1,-2147483648]", "UINT32 | ffffffff01000000 | [4294967295,1]",
        "INT64 | ffffffffffffffff0100000000000000 | [-1,1]",
        "UINT64 | ffffffffffffffff0100000000000000 | [18446744073709551615,1]", "FP16 | 003c007c | [1.0,\"Infinity\"]",
        "BF16 | 803fc0ff | [1.0,\"NaN\"]", "FP32 | cdcccc3d000080ff | [0.1,\"-Infinity\"]",
        "FP64 | 9a9999999999b93f000000000000f87f | [0.1,\"NaN\"]"})
    void everyDatatypeIsWrittenByValue(DataType datatype, String bytes, String data) throws IOException {
        Tensor tensor = new Tensor("t", datatype, Shape.of(2), MemorySegment.ofArray(HexFormat.of().parseHex(bytes)));

        JsonNode json = written(tensor, 10);

        assertEquals(data, json.get("data").toString());
        assertEquals(datatype.name(), json.get("datatype").textValue());
        assertEquals("[2]", json.get("shape").toString());
    }

    @Test
    void stringsAreTextOrBase64AndLongTensorsAreCut() throws IOException {
        Tensor tensor = Tensor.ofBytes("t", Shape.of(3), "drei \u00e4".getBytes(StandardCharsets.UTF_8),
                new byte[]{(byte) 0xff, 0}, new byte[0]);

        assertEquals("[\"drei \u00e4\",{\"base64\":\"/wA=\"},\"\"]", written(tensor, 3).get("data").toString());
        assertEquals("[\"drei \u00e4\"]", written(tensor, 1).get("data").toString());
        assertEquals(3, written(tensor, 1).get("elements").longValue());
    }

    @Test
    void scalarAndEmptyTensorsAreWritten() throws IOException {
        assertEquals("[7.5]", written(Tensor.ofFloats("t", Shape.of(), 7.5f), 9).get("data").toString());
        assertEquals("[]", written(Tensor.ofFloats("t", Shape.of(0, 4)), 9).get("data").toString());
    }
}
