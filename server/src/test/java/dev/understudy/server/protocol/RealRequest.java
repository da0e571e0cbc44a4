package dev.understudy.server.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// An inference request as a client sends it. Immutable.
///
/// @param model     the model it is for
/// @param body      JSON, then binary data; never written
/// @param jsonBytes how much of it is JSON
record RealRequest(String model, ByteBuffer body, int jsonBytes) {
    /// Requests of every form, for models of [ProtocolServer]; every one of them is answered with 200.
    static List<RealRequest> all() {
        return List.of(of("simple", ProtocolServer.SIMPLE), of("digits", file("digit.json")),
                of("scalar", "{\"inputs\":[{\"data\":[-1.5e-3],\"name\":\"in\",\"datatype\":\"FP32\",\"shape\":[]}]}"),
                of("scalar", "", 0, 0, -128, 63),
                of("simple", """
                        {"id": "mixed \\u00e9", "inputs": [
                          {"name": "A", "shape": [1, 2], "datatype": "FP32", "parameters": {"binary_data_size": 8}},
                          {"name": "B", "shape": [1, 2], "datatype": "FP32", "data": [[1, 2.5]]}],
                         "outputs": [{"name": "SUM", "parameters": {"binary_data": true}},
                          {"name": "DIFFERENCE", "parameters": {"classification": 1}}]}""", 0, 0, -96, 64, 0, 0, 0, 0),
                of("kinds", """
                        {"parameters": {"binary_data_output": true, "segment": "eu", "priority": 1}, "inputs": [
                          {"name": "BOOL", "shape": [2], "datatype": "BOOL", "data": [true, false]},
                          {"name": "UINT8", "shape": [2], "datatype": "UINT8", "data": [0, 255]},
                          {"name": "UINT16", "shape": [2], "datatype": "UINT16", "data": [0, 65535]},
                          {"name": "UINT32", "shape": [2], "datatype": "UINT32", "data": [0, 4294967295]},
                          {"name": "UINT64", "shape": [2], "datatype": "UINT64", "data": [18446744073709551615, 0]},
                          {"name": "INT8", "shape": [2], "datatype": "INT8", "data": [-128, 127]},
                          {"name": "INT16", "shape": [2], "datatype": "INT16", "data": [-32768, 32767]},
                          {"name": "INT32", "shape": [2], "datatype": "INT32", "data": [1, -2147483648]},
                          {"name": "INT64", "shape": [2], "datatype": "INT64", "data": [9007199254740993, 0]},
                          {"name": "FP16", "shape": [2], "datatype": "FP16", "parameters": {"binary_data_size": 4}},
                          {"name": "BF16", "shape": [2], "datatype": "BF16", "parameters": {"binary_data_size": 4}},
                          {"name": "FP32", "shape": [2], "datatype": "FP32", "data": [1e10, -0]},
                          {"name": "FP64", "shape": [2], "datatype": "FP64", "data": [0.1, 4.9e-324]},
                          {"name": "BYTES", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": 11}}
                        ]}""", 0, 60, 0, 62, -128, 63, 0, 64, 1, 0, 0, 0, 'a', 2, 0, 0, 0, 'b', 'c'));
    }

    private static RealRequest of(String model, String json, int... binary) {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(head);
        Arrays.stream(binary).forEach(body::write);
        return new RealRequest(model, ByteBuffer.wrap(body.toByteArray()).asReadOnlyBuffer(), head.length);
    }

    private static String file(String name) {
        try {
            return Files.readString(Path.of("..", "models", "requests", name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The body, copied.
    byte[] bytes() {
        byte[] copy = new byte[body.capacity()];
        body.get(0, copy);
        return copy;
    }
}
