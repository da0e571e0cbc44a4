package dev.understudy.benchmarks;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// An answer as it came over the wire, every byte of it counted. Immutable.
///
/// @param headers   names in lower case
/// @param wireBytes status line, headers and body
record HttpAnswer(int status, Map<String, String> headers, ByteBuffer body, int wireBytes) {
    private static final int TIMEOUT_MILLIS = 10_000;

    /// Posts the example to a server of this machine.
    static HttpAnswer to(InferenceExample example, int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            String head = "POST " + InferenceExample.PATH + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/octet-stream\r\nInference-Header-Content-Length: "
                    + example.jsonBytes() + "\r\nContent-Length: " + example.body().remaining() + "\r\n\r\n";
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(example.body().array());
            out.flush();
            return read(new DataInputStream(socket.getInputStream()));
        }
    }

    private static HttpAnswer read(DataInputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        String[] lines = head.toString().strip().split("\r\n", -1);
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), lines[i].substring(colon + 1).strip());
        }
        byte[] body = new byte[Integer.parseInt(headers.getOrDefault("content-length", "0"))];
        in.readFully(body);
        return new HttpAnswer(Integer.parseInt(lines[0].substring(9, 12)), headers, ByteBuffer.wrap(body),
                head.length() + body.length);
    }
}
