package dev.understudy.benchmarks.lane;

import ai.onnxruntime.OrtException;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.server.codec.AnswerEncoder;
import dev.understudy.server.codec.Decoding;
import dev.understudy.server.codec.Encoding;
import dev.understudy.server.codec.Envelope;
import dev.understudy.server.codec.RequestDecoder;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// One caller after another, from the bytes of a binary request to the bytes of its answer: the codec, the engine and the
/// shadow, without a network. There is no idle time between requests but the caller's own, so it is what shadowing costs
/// a champion that is never left alone. With `-prof gc`, what a served request allocates, on all threads together.
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ShadowCostBenchmark {
    /// An engine and the thread that waits for its answer.
    @State(Scope.Benchmark)
    public static class Served implements Consumer<InferenceOutcome> {
        @Param
        private Mode mode = Mode.OFF;

        /// `digits` allocates as much and runs hardly at all, so many more requests are seen.
        @Param({"mlp", "digits"})
        private String subject = "mlp";

        private @Nullable EngineSide side;
        private byte[] body = new byte[0];
        private int jsonBytes;
        private String model = "";
        private volatile @Nullable Thread waiting;
        private volatile @Nullable InferenceOutcome answer;

        @Setup
        public void start() throws IOException, OrtException {
            Subject chosen = subject.equals("mlp") ? Subject.mlp() : Subject.digits();
            HttpRequest request = HttpRequest.to(chosen);
            body = request.body();
            jsonBytes = request.jsonBytes();
            model = chosen.name();
            EngineSide started = EngineSide.of(mode, chosen);
            started.check();
            side = started;
        }

        EngineSide side() {
            if (side == null) {
                throw new IllegalStateException("not started");
            }
            return side;
        }

        Encoding serve() {
            Envelope envelope = new Envelope(model, null, side().nextId(), null, System.nanoTime());
            if (!(RequestDecoder.decode(envelope, body, 0, body.length,
                    jsonBytes) instanceof Decoding.Accepted accepted)) {
                throw new IllegalStateException("the request is refused");
            }
            answer = null;
            waiting = Thread.currentThread();
            side().ask(accepted.request(), this);
            InferenceOutcome outcome = answer;
            while (outcome == null) {
                LockSupport.park(this);
                outcome = answer;
            }
            if (!(outcome instanceof InferenceResponse response)) {
                throw new IllegalStateException("refused: " + outcome);
            }
            return AnswerEncoder.encode(response, accepted.request().id(), accepted.form());
        }

        @Override
        public void accept(InferenceOutcome outcome) {
            answer = outcome;
            LockSupport.unpark(waiting);
        }

        @TearDown
        public void stop() throws IOException {
            side().check();
            side().close();
        }
    }

    /// What became of the iteration's mirrored requests.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Mirrored {
        public long compared;
        public long lost;
        private Shadowed before = Shadowed.NONE;

        @Setup(Level.Iteration)
        public void begin(Served served) {
            before = served.side().shadowed();
            compared = 0;
            lost = 0;
        }

        @TearDown(Level.Iteration)
        public void end(Served served) {
            Shadowed added = served.side().shadowed().since(before);
            compared = added.compared();
            lost = added.lost().values().stream().mapToLong(Long::longValue).sum();
        }
    }

    @Benchmark
    public Encoding serve(Served served, Mirrored mirrored) {
        return served.serve();
    }
}
