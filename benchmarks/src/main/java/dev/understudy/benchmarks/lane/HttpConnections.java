package dev.understudy.benchmarks.lane;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Kept-alive HTTP/1.1 connections to one server of this machine, each with one request under way at most. One thread
/// sends, one of its own reads. A request that finds none free waits, which its latency shows.
final class HttpConnections implements AutoCloseable {
    private static final int ANSWER_BYTES_MAX = 256 * 1024;
    private static final long FREE_SECONDS_MAX = 30;
    private static final int UNAVAILABLE = 503;

    private final byte[] request;
    private final Selector selector = Selector.open();
    private final ArrayBlockingQueue<Connection> free;
    private final List<Connection> all = new ArrayList<>();
    private final Thread reader;
    private volatile @Nullable IOException broken;

    /// @param request head and body, sent as it is each time
    HttpConnections(int port, int count, byte[] request) throws IOException {
        this.request = request.clone();
        this.free = new ArrayBlockingQueue<>(count);
        for (int i = 0; i < count; i++) {
            Connection connection = new Connection(
                    SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
            connection.channel.configureBlocking(false);
            connection.channel.register(selector, SelectionKey.OP_READ, connection);
            all.add(connection);
            free.add(connection);
        }
        reader = Thread.ofPlatform().name("load-reader").daemon(true).start(this::read);
    }

    /// Sends the request on the connection that has been free for longest.
    ///
    /// @throws IOException when an earlier answer was none, or no connection gets free for half a minute
    void send(long dueNanos, Sender.Answers answers) throws IOException {
        IOException earlier = broken;
        if (earlier != null) {
            throw new IOException("an answer failed: " + earlier.getMessage(), earlier);
        }
        Connection connection;
        try {
            connection = free.poll(FREE_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (connection == null) {
            throw new IOException("answers stay away");
        }
        connection.ask(dueNanos, answers);
    }

    private void read() {
        try {
            while (true) {
                selector.select(this::ready);
            }
        } catch (ClosedSelectorException closed) {
            // By close: nothing more is to be read.
        } catch (IOException e) {
            broken = e;
        }
    }

    private void ready(SelectionKey key) {
        Connection connection = (Connection) key.attachment();
        try {
            if (connection.receive()) {
                free.add(connection);
            }
        } catch (IOException e) {
            key.cancel();
            broken = e;
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        for (Connection connection : all) {
            connection.channel.close();
        }
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// One connection. Handed from the sender to the reader by the request, and back by the queue of free ones.
    private final class Connection {
        private final SocketChannel channel;
        private final ByteBuffer out = ByteBuffer.allocateDirect(request.length).put(request);
        private final ByteBuffer in = ByteBuffer.allocateDirect(ANSWER_BYTES_MAX);
        private volatile @Nullable Asked asked;

        /// A request under way.
        record Asked(long dueNanos, Sender.Answers answers) {}

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void ask(long dueNanos, Sender.Answers answers) throws IOException {
            asked = new Asked(dueNanos, answers);
            out.rewind();
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        /// Reads what has come. True when the answer is whole.
        boolean receive() throws IOException {
            if (channel.read(in) < 0) {
                throw new IOException("the server closed a connection");
            }
            HttpHead head = HttpHead.of(in);
            if (head == null || in.position() < head.bytes() + head.bodyBytes()) {
                return false;
            }
            in.clear();
            Asked done = asked;
            if (done == null) {
                throw new IOException("an answer that nobody asked for");
            }
            asked = null;
            switch (head.status()) {
                case 200 -> done.answers.answered(done.dueNanos);
                case UNAVAILABLE -> done.answers.refused(done.dueNanos);
                default -> throw new IOException("status " + head.status());
            }
            return true;
        }
    }
}
