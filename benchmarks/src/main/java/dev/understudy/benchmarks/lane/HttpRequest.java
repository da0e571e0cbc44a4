package dev.understudy.benchmarks.lane;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A [Subject]'s request over HTTP, tensors in binary both ways, as bytes. Immutable.
///
/// @param head  status line and headers
/// @param body  JSON, then the tensor
/// @param jsonBytes how much of the body is JSON
@SuppressWarnings("ArrayRecordComponent") // never changed
record HttpRequest(byte[] head, byte[] body, int jsonBytes) {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int ANSWER_BYTES_MAX = 256 * 1024;

    static HttpRequest to(Subject subject) {
        String json = """
                {"inputs":[{"name":"%s","shape":%s,"datatype":"FP32","parameters":{"binary_data_size":%d}}],\
                "outputs":[{"name":"%s","parameters":{"binary_data":true}}]}""".formatted(subject.input(),
                Arrays.toString(subject.shape()), subject.values().length * Float.BYTES, subject.output());
        byte[] jsonBytes = json.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer body = ByteBuffer.allocate(jsonBytes.length + subject.values().length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN).put(jsonBytes);
        for (float value : subject.values()) {
            body.putFloat(value);
        }
        String head = "POST /v2/models/" + subject.name() + "/infer HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/octet-stream\r\nInference-Header-Content-Length: " + jsonBytes.length
                + "\r\nContent-Length: " + body.capacity() + "\r\n\r\n";
        return new HttpRequest(head.getBytes(StandardCharsets.US_ASCII), body.array(), jsonBytes.length);
    }

    /// Head and body.
    byte[] bytes() {
        return ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
    }

    /// Asks a server of this machine once, on a connection of its own, and returns the output's floats.
    ///
    /// @throws IOException when it refuses
    float[] ask(int port) throws IOException {
        ByteBuffer answer = exchange(port, bytes());
        HttpHead head = HttpHead.of(answer);
        if (head == null || head.status() != 200) {
            throw new IOException("no answer: " + (head == null ? "nothing" : "status " + head.status()));
        }
        ByteBuffer floats = answer.slice(head.bytes() + head.jsonBytes(), head.bodyBytes() - head.jsonBytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[floats.remaining() / Float.BYTES];
        floats.asFloatBuffer().get(values);
        return values;
    }

    /// The body of `GET path` at a server of this machine.
    static String get(int port, String path) throws IOException {
        ByteBuffer answer = exchange(port,
                ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        HttpHead head = HttpHead.of(answer);
        if (head == null || head.status() != 200) {
            throw new IOException("GET " + path + ": " + (head == null ? "nothing" : "status " + head.status()));
        }
        byte[] body = new byte[head.bodyBytes()];
        answer.get(head.bytes(), body);
        return new String(body, StandardCharsets.UTF_8);
    }

    /// Returns once something listens on a port of this machine.
    static void await(int port) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (ConnectException notYet) {
                if (System.nanoTime() > end) {
                    throw notYet;
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    /// The answer, from 0 to the buffer's position.
    private static ByteBuffer exchange(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(request);
            out.flush();
            ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES_MAX);
            HttpHead head = null;
            while (head == null || answer.position() < head.bytes() + head.bodyBytes()) {
                int read = socket.getInputStream().read(answer.array(), answer.position(), answer.remaining());
                if (read < 0) {
                    throw new IOException("the server closed the connection");
                }
                answer.position(answer.position() + read);
                head = HttpHead.of(answer);
            }
            return answer;
        }
    }
}
