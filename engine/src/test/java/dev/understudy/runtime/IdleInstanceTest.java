package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.IdleThread;
import dev.understudy.ffm.Scheduling;
import dev.understudy.ffm.TaskState;
import dev.understudy.ffm.ort.ElementType;
import dev.understudy.ffm.ort.Invocation;
import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.ffm.ort.Session;
import dev.understudy.ffm.ort.SessionOptions;
import dev.understudy.ffm.ort.TensorValue;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.models.SyntheticModels;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever holds of an instance holds of one that runs on a thread of the idle class, and more.
class IdleInstanceTest extends OrtInstanceTest {
    private static final long MIB = 1024 * 1024;

    IdleInstanceTest(@TempDir Path folder) {
        super(folder);
    }

    @Override
    OrtInstance open(Path file, int intraOpThreads) throws ModelLoadException {
        return OrtInstance.loadIdle(file, intraOpThreads, TensorDeclarations.NONE);
    }

    @BeforeEach
    void theSystemHasAnIdleClass() {
        assumeIdleClass();
    }

    static void assumeIdleClass() {
        try (IdleThread thread = granted(IdleThread.start("test"))) {
            assumeTrue(thread.id() > 0);
        }
    }

    private static IdleThread granted(Answer<IdleThread> answer) {
        assumeTrue(answer instanceof Answer.Granted, answer::toString);
        return ((Answer.Granted<IdleThread>) answer).value();
    }

    @Test
    void allThreadsOfTheSessionAreOfTheIdleClassAndItsOwnerIsNot() throws Exception {
        Set<Integer> before = idleTasks();
        try (OrtInstance instance = open(CHAMPION, 3)) {
            Set<Integer> threads = idleTasks();
            threads.removeAll(before);
            RunsOn.IdleClass runsOn = assertInstanceOf(RunsOn.IdleClass.class, instance.runsOn());
            assertTrue(threads.contains(runsOn.threadId()));
            assertEquals(3, threads.size(), "the pool's two inherit the class");
            int own = ((Answer.Granted<Integer>) Scheduling.threadId()).value();
            assertEquals(Scheduling.NORMAL, TaskState.read(own).orElseThrow().policy());
        }
    }

    @Test
    @Timeout(60)
    void nothingOfItsThreadsIsLeftWhenItIsClosedOrCannotBeLoaded() throws Exception {
        Set<Integer> before = idleTasks();
        open(CHAMPION, 2).close();
        assertThrows(ModelLoadException.class, () -> open(MODELS.resolve("challengers/broken/garbage.onnx"), 2));
        assertThrows(ModelLoadException.class,
                () -> load(new TestGraph().input("in", DataType.FP32, "n").output("out", DataType.FP32, "n")
                        .node("out", "NoSuchOperator", List.of("in"))));
        // A joined thread stands in /proc for a moment more.
        while (!idleTasks().equals(before)) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"repository/digits/1", "challengers/better", "challengers/equal",
        "challengers/worse-on-eight", "challengers/faulty/returns-nan", "challengers/faulty/other-shape",
        "challengers/faulty/throws", "challengers/faulty/slow"})
    void everyShippedModelAnswersAndFailsAsItDoesOnItsOwner(String model) throws Exception {
        Path file = MODELS.resolve(model + ".onnx");
        try (OrtInstance idle = open(file, 1); OrtInstance plain = OrtInstance.load(file, 1)) {
            assertEquals(Trial.run(plain, List.of()), Trial.run(idle, List.of()));
            assertEquals(plain.isPinned(0), idle.isPinned(0));
            for (int rows : new int[]{1, 7, 32, 1}) {
                assertEquals(told(plain, rows), told(idle, rows), rows + " rows");
            }
        }
    }

    @Test
    void severalThreadsAnswerAsTheyDoInTheNormalClass() throws Exception {
        Path file = Files.write(folder.resolve("mlp.onnx"), SyntheticModels.mlp(64, 4));
        try (OrtInstance idle = open(file, 2); OrtInstance plain = OrtInstance.load(file, 2)) {
            List<Tensor> inputs = List.of(random(DataType.FP32, idle.signature().inputs().getFirst().shape()
                    .withRows(33)).renamed(idle.signature().inputs().getFirst().name()));
            assertEquals(bytes(plain.runAlone(inputs)), bytes(idle.runAlone(inputs)));
        }
    }

    /// The answer, or the reason there is none.
    private static List<String> told(OrtInstance instance, int rows) {
        try {
            return bytes(instance.runAlone(List.of(image(rows))));
        } catch (RunFailedException e) {
            return List.of(e.reason());
        }
    }

    @Test
    void whereTheIdleClassIsRefusedTheOwnerRunsItAndTheRefusalIsTold() throws Exception {
        String refusal = "sched_setscheduler: Operation not permitted";
        try (OrtInstance refused = OrtInstance.loadIdle(CHAMPION, 1, TensorDeclarations.NONE,
                () -> new Answer.Refused<>(refusal)); OrtInstance plain = OrtInstance.load(CHAMPION, 1)) {
            assertEquals(new RunsOn.Owner(Optional.of(refusal)), refused.runsOn());
            assertEquals(told(plain, 3), told(refused, 3));
            assertEquals(new RunsOn.Owner(Optional.empty()), plain.runsOn());
        }
    }

    @Test
    void tenThousandRunsLeaveNoOutputBehind() throws Exception {
        try (OrtInstance instance = load(TestGraph.identity(DataType.FP32, "n"))) {
            Tensor in = random(DataType.FP32, Shape.of(4096));
            leavesNothingBehind(10_000, 16 * 1024, () -> instance.runAlone(List.of(in)));
        }
    }

    @Test
    void tenThousandFailuresLeaveNoStatusBehind() throws Exception {
        // The node's name comes back in every status, which so is as large.
        String name = "o".repeat(16 * 1024);
        Path file = new TestGraph().input("in", DataType.INT64, "1").floats("table", new float[]{1, 2}, 2)
                .output(name, DataType.FP32, "1").node(name, "Gather", List.of("table", "in"))
                .write(folder.resolve("fails.onnx"));
        OrtApi api = OrtNatives.api();
        try (IdleThread thread = granted(IdleThread.start("test"));
                SessionOptions options = new SessionOptions(api);
                Session session = new Session(api, file, options, thread);
                Invocation invocation = new Invocation(session);
                Arena arena = Arena.ofConfined();
                TensorValue outside = TensorValue.over(api, arena.allocateFrom(ValueLayout.JAVA_LONG, 9),
                        ElementType.INT64, 1)) {
            invocation.feed(0, outside);
            leavesNothingBehind(10_000, 16 * 1024, () -> assertThrows(OrtFailure.class, invocation::run));
        }
    }

    private interface Body {
        void run() throws Exception;
    }

    /// The C library's heap must not grow by what the runs would leave if each left `bytes` behind. The JVM's own use of it goes
    /// up and down by less.
    private static void leavesNothingBehind(int runs, long bytes, Body body) throws Exception {
        for (int i = 0; i < runs / 10; i++) {
            body.run();
        }
        long before = CHeap.bytes();
        for (int i = 0; i < runs; i++) {
            body.run();
        }
        long grown = CHeap.bytes() - before;
        assertTrue(grown < runs * bytes / 2, () -> "grew by " + grown / MIB + " MiB");
    }

    private static Set<Integer> idleTasks() {
        Set<Integer> ids = new TreeSet<>();
        for (String id : Optional.ofNullable(new File("/proc/self/task").list()).orElse(new String[0])) {
            TaskState.read(Integer.parseInt(id)).filter(task -> task.policy() == Scheduling.IDLE)
                    .ifPresent(task -> ids.add(Integer.valueOf(id)));
        }
        return ids;
    }
}
