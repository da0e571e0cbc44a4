package dev.understudy.champion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.understudy.batch.RunOutcome;
import dev.understudy.champion.Admission.Admitted;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceFailure.Kind;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.runtime.Signature;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Every part that is told of an answer fails in turn, as when the heap is used up just there.
class AnswersTest {
    private final AtomicLong pending = new AtomicLong(1);
    private final List<InferenceOutcome> answered = new ArrayList<>();
    private final List<InferenceOutcome> offered = new ArrayList<>();
    private final List<Throwable> reported = new ArrayList<>();

    @BeforeEach
    void hearWhatIsReported() {
        Thread.currentThread().setUncaughtExceptionHandler((thread, fault) -> reported.add(fault));
    }

    @AfterEach
    void hearNoMore() {
        Thread.currentThread().setUncaughtExceptionHandler(null);
    }

    private void give(RunOutcome outcome, Consumer<Object> client, Consumer<Object> log, Consumer<Object> mirror) {
        Signature signature = new Signature(List.of(new TensorSpec("in", DataType.FP32, Shape.of(1), false)),
                List.of(new TensorSpec("out", DataType.FP32, Shape.of(1), false)), false);
        Answers answers = new Answers(new ModelVersion("m", "1", "0".repeat(64), Path.of("m.onnx"), 0),
                new ClientShapes(signature, TensorDeclarations.NONE), new ServingRecorder(), pending, log::accept,
                (request, full) -> {
                    offered.add(full);
                    mirror.accept(full);
                });
        InferenceRequest request = new InferenceRequest("m", null, "r", null,
                List.of(Tensor.ofFloats("in", Shape.of(1), 1)), List.of(), null, 0);
        answers.give(new Admitted(request, answer -> {
            answered.add(answer);
            client.accept(answer);
        }, 0), outcome, 0);
        assertEquals(1, answered.size());
        assertEquals(1, offered.size());
        assertEquals(0, pending.get());
    }

    private static void fails(Object what) {
        throw new OutOfMemoryError("on purpose");
    }

    private static RunOutcome failed() {
        return new RunOutcome.Failed("no", false, 0);
    }

    @Test
    void aClientThatCannotBeToldKeepsNothingFromTheMirror() {
        give(failed(), AnswersTest::fails, what -> {}, what -> {});
        assertEquals(1, reported.size());
    }

    @Test
    void aLogThatFailsKeepsNoAnswerFromTheClient() {
        give(failed(), what -> {}, AnswersTest::fails, what -> {});
        assertEquals(1, reported.size());
    }

    @Test
    void aMirrorThatFailsIsReportedAndNoMore() {
        give(failed(), what -> {}, what -> {}, AnswersTest::fails);
        assertEquals(1, reported.size());
        InferenceFailure failure = assertInstanceOf(InferenceFailure.class, answered.getFirst());
        assertEquals(Kind.INTERNAL, failure.kind());
        assertEquals("model 'm' failed on this request: no", failure.message());
    }

    @Test
    void anAnswerThatCannotBeMadeIsAnInternalFailure() {
        RunOutcome broken = new RunOutcome.Answered(new ArrayList<>(List.of(Tensor.ofFloats("out", Shape.of(1), 2))) {
            private static final long serialVersionUID = 1;

            @Override
            public Object[] toArray() {
                throw new OutOfMemoryError("on purpose");
            }
        }, new Timings(0, 0, 1, 0, 1));
        give(broken, what -> {}, what -> {}, what -> {});
        assertEquals(Kind.INTERNAL, assertInstanceOf(InferenceFailure.class, answered.getFirst()).kind());
        assertEquals(answered, offered);
    }

    @Test
    void whatTheModelSaidIsAnsweredAndOfferedWhole() {
        give(new RunOutcome.Answered(List.of(Tensor.ofFloats("out", Shape.of(1), 2)), new Timings(0, 0, 1, 0, 1)),
                what -> {}, what -> {}, what -> {});
        assertInstanceOf(InferenceResponse.class, answered.getFirst());
        assertInstanceOf(InferenceResponse.class, offered.getFirst());
        assertEquals(List.of(), reported);
    }
}
