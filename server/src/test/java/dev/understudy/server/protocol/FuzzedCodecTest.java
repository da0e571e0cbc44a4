package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.model.Labels;
import dev.understudy.model.ServedConfig.ServedTensor;
import dev.understudy.server.codec.AnswerEncoder;
import dev.understudy.server.codec.Decoding;
import dev.understudy.server.codec.Encoding;
import dev.understudy.server.codec.Envelope;
import dev.understudy.server.codec.RequestDecoder;
import dev.understudy.server.codec.TopClasses;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/// Damaged requests of real clients through the codec: decoded or refused in words, never anything else.
class FuzzedCodecTest {
    private static final List<RealRequest> CORPUS = RealRequest.all();
    private static final List<DataType> TYPES = List.of(DataType.values());
    private static final int MUTANTS = 100;
    /// Bounds a hang; a try takes milliseconds.
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Envelope ENVELOPE = new Envelope("m", null, "r-1", null, 0);

    /// 300 tries of 100 mutants.
    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void aDamagedRequestIsDecodedOrRefusedInWords(@ForAll long seed) {
        assertTimeoutPreemptively(PATIENCE, () -> {
            Random random = new Random(seed);
            Mutation mutation = new Mutation(random, CORPUS);
            for (int i = 0; i < MUTANTS; i++) {
                RealRequest request = CORPUS.get(random.nextInt(CORPUS.size()));
                byte[] body = mutation.damaged(request.bytes());
                int jsonBytes = random.nextInt(4) > 0 ? request.jsonBytes() : random.nextInt(body.length + 1);
                check(decode(body, Math.min(body.length, jsonBytes), random));
            }
        });
    }

    private static Decoding decode(byte[] body, int jsonBytes, Random random) {
        if (jsonBytes > 0 || body.length == 0) {
            return RequestDecoder.decode(ENVELOPE, body, 0, body.length, jsonBytes);
        }
        DataType datatype = TYPES.get(random.nextInt(TYPES.size()));
        Shape shape = Shape.of(random.longs(random.nextInt(4), -1, 4).toArray());
        return RequestDecoder.decodeRaw(ENVELOPE, List.of(new TensorSpec("x", datatype, shape)), false, body, 0,
                body.length);
    }

    private static void check(Decoding decoding) {
        switch (decoding) {
            case Decoding.Refused(var failure) -> {
                assertEquals(InferenceFailure.Kind.INVALID_ARGUMENT, failure.kind());
                assertFalse(failure.message().isBlank() || failure.message().contains("Exception")
                        || failure.message().contains("dev.understudy"), failure.message());
            }
            case Decoding.Accepted(var request, var form) -> {
                // Whatever was accepted can be answered with, or refused, in the form it asked for.
                InferenceResponse echo = new InferenceResponse("m", "1", request.inputs(), new Timings(0, 0, 0, 0, 1));
                List<ServedTensor> served = request.inputs().stream().map(FuzzedCodecTest::served).toList();
                switch (new TopClasses(form.classes(), served).apply(echo)) {
                    case InferenceFailure refused -> assertFalse(refused.message().isBlank());
                    case InferenceResponse shown -> {
                        if (AnswerEncoder.encode(shown, request.id(), form) instanceof Encoding.Encoded encoded) {
                            assertTrue(encoded.json().hasRemaining());
                        }
                    }
                }
            }
        }
    }

    private static ServedTensor served(Tensor tensor) {
        Shape rows = tensor.shape().rank() == 0 ? tensor.shape() : Shape.of(Shape.VARIABLE);
        return new ServedTensor(new TensorSpec(tensor.name(), tensor.datatype(), rows), rows, "", Labels.NONE);
    }
}
