package dev.understudy.server.grpc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.server.codec.GrpcBodies;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

class DamagedMessagesGrpcTest {
    private static final Tensor STRINGS = Tensor.ofBytes("z", Shape.of(2), new byte[]{1}, new byte[]{2, 3});

    private static @Nullable GrpcFixture server;

    @BeforeContainer
    static void start() throws Exception {
        server = new GrpcFixture();
    }

    @AfterContainer
    static void stop() throws Exception {
        started().close();
    }

    private static GrpcFixture started() {
        GrpcFixture running = server;
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    @Property(tries = 500)
    void nothingIsHeldForADamagedMessageOnceItIsAnswered(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        List<Tensor> tensors = List.of(GrpcFixture.PAIR, STRINGS);
        byte[] message = (random.nextBoolean() ? GrpcBodies.raw("echo", tensors) : GrpcBodies.typed("echo", tensors))
                .toByteArray();
        for (int i = random.nextInt(4); i > 0; i--) {
            message[random.nextInt(message.length)] = (byte) random.nextInt(256);
        }
        Buffer frame = GrpcFixture.frame(message);
        if (random.nextInt(4) == 0) {
            frame.setInt(1, message.length + random.nextInt(5) - 2);
        }
        GrpcFixture.Answer answer = started().exchange(random.nextInt(4) == 0
                ? started().begin("/" + Services.INFERENCE + "/ModelStreamInfer")
                : started().beginInfer(), frame);
        String status = answer.trailers().getOrDefault("grpc-status", "none");
        assertTrue(Set.of("0", "3", "5").contains(status), answer.toString());
        started().awaitNothingHeld();
    }
}
