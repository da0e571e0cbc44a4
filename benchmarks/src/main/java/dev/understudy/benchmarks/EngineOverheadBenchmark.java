package dev.understudy.benchmarks;

import ai.onnxruntime.OrtException;
import dev.understudy.engine.Engine;
import dev.understudy.engine.EngineConfig;
import dev.understudy.engine.EngineStartException;
import dev.understudy.engine.Limits;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.RequestIds;
import dev.understudy.models.SyntheticModels;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/// What the serve line costs on top of the model's own run: [Engine#infer] against [BareRun], on an unbatched model that
/// takes a fraction of a millisecond. Every answer is compared with the bare run's, on both sides.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class EngineOverheadBenchmark {
    private static final int CHANNELS = 16;
    private static final int LAYERS = 16;
    private static final int IMAGE_SIZE = 32;
    private static final long[] INPUT_SHAPE = {1, 3, IMAGE_SIZE, IMAGE_SIZE};
    private static final long[] OUTPUT_SHAPE = {1, CHANNELS};

    /// An image in, scores out, and weights that fit a core's own cache: what other cores do to the shared one would drown
    /// the difference sought.
    private static byte[] model() {
        return SyntheticModels.conv(CHANNELS, LAYERS, IMAGE_SIZE);
    }

    private static BareRun bareRun() throws OrtException {
        return new BareRun(model(), input(), INPUT_SHAPE, OUTPUT_SHAPE);
    }

    private static float[] input() {
        float[] values = new float[3 * IMAGE_SIZE * IMAGE_SIZE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i);
        }
        return values;
    }

    private static MemorySegment bytes(FloatBuffer floats) {
        return MemorySegment.ofBuffer(floats.rewind());
    }

    private static void requireEqual(MemorySegment expected, MemorySegment answer) {
        if (expected.mismatch(answer) >= 0) {
            throw new IllegalStateException("wrong answer");
        }
    }

    /// The session alone.
    @State(Scope.Thread)
    public static class Bare {
        private @Nullable BareRun run;
        private MemorySegment expected = MemorySegment.NULL;

        @Setup
        public void load() throws OrtException {
            BareRun loaded = bareRun();
            expected = MemorySegment.ofArray(new float[CHANNELS]).copyFrom(bytes(loaded.run()));
            run = loaded;
        }

        void once() throws OrtException {
            if (run != null) {
                requireEqual(expected, bytes(run.run()));
            }
        }

        @TearDown
        public void close() throws OrtException {
            if (run != null) {
                run.close();
            }
        }
    }

    /// An engine with the model as its only champion, and nobody to shadow it.
    @State(Scope.Benchmark)
    public static class Served {
        private final RequestIds ids = new RequestIds();
        private final Tensor input = Tensor.ofFloats("input", Shape.of(INPUT_SHAPE), input());
        private @Nullable Stage stage;
        private @Nullable Engine engine;
        private MemorySegment expected = MemorySegment.NULL;

        @Setup
        public void start() throws IOException, OrtException, EngineStartException {
            try (BareRun bare = bareRun()) {
                expected = MemorySegment.ofArray(new float[CHANNELS]).copyFrom(bytes(bare.run()));
            }
            Stage set = Stage.with("conv", model(), "max_batch_size: 1\nintra_op_threads: 1\n");
            stage = set;
            engine = Engine.start(new EngineConfig(set.repository(), set.state(), Limits.DEFAULT, _ -> {}));
        }

        void submit(Consumer<InferenceOutcome> done) {
            if (engine != null) {
                engine.infer(new InferenceRequest("conv", null, ids.next(), null, List.of(input), List.of(), null,
                        System.nanoTime()), done);
            }
        }

        void check(InferenceOutcome outcome) {
            if (!(outcome instanceof InferenceResponse response)) {
                throw new IllegalStateException("refused: " + outcome);
            }
            requireEqual(expected, response.outputs().getFirst().data());
        }

        @TearDown
        public void stop() throws IOException {
            if (engine != null) {
                engine.close();
            }
            if (stage != null) {
                stage.close();
            }
        }
    }

    /// One caller, who waits for each answer.
    @State(Scope.Thread)
    public static class Caller implements Consumer<InferenceOutcome> {
        private @Nullable Thread waiting;
        private volatile @Nullable InferenceOutcome answer;

        @Override
        public void accept(InferenceOutcome outcome) {
            answer = outcome;
            LockSupport.unpark(waiting);
        }

        InferenceOutcome ask(Served served) {
            waiting = Thread.currentThread();
            answer = null;
            served.submit(this);
            InferenceOutcome outcome = answer;
            while (outcome == null) {
                LockSupport.park(this);
                outcome = answer;
            }
            return outcome;
        }
    }

    /// Two threads that wake each other: what any hand-over to another thread and back costs at least.
    @State(Scope.Thread)
    public static class Pair implements Runnable {
        private volatile @Nullable Thread caller;
        private volatile boolean stopped;
        private @Nullable Thread partner;

        @Setup
        public void start() {
            partner = Thread.ofPlatform().start(this);
        }

        @Override
        public void run() {
            while (!stopped) {
                Thread from = caller;
                if (from == null) {
                    LockSupport.park(this);
                } else {
                    caller = null;
                    LockSupport.unpark(from);
                }
            }
        }

        void roundTrip() {
            caller = Thread.currentThread();
            LockSupport.unpark(partner);
            while (caller != null) {
                LockSupport.park(this);
            }
        }

        @TearDown
        public void stop() throws InterruptedException {
            stopped = true;
            if (partner != null) {
                LockSupport.unpark(partner);
                partner.join();
            }
        }
    }

    @Benchmark
    public void bareThroughput(Bare bare) throws OrtException {
        bare.once();
    }

    @Benchmark
    @Threads(4)
    public void engineThroughput(Served served, Caller caller) {
        served.check(caller.ask(served));
    }

    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public void bareLatency(Bare bare) throws OrtException {
        bare.once();
    }

    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public void engineLatency(Served served, Caller caller) {
        served.check(caller.ask(served));
    }

    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public void handOverLatency(Pair pair) {
        pair.roundTrip();
    }
}
