package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.Membarrier;
import dev.understudy.ffm.Scheduling;
import dev.understudy.ffm.TaskState;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.models.SyntheticModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuLanesTest {
    private static final Answer<Membarrier> NO_BARRIER = new Answer.Refused<>("membarrier: Operation not permitted");

    private final List<String> refusals = new ArrayList<>();

    private Lanes open(Isolation asked, Optional<String> idleRefusal, Answer<Membarrier> barrier) {
        return CpuLanes.open(asked, () -> idleRefusal, () -> barrier, refusals::add);
    }

    @Test
    void whatTheSystemRefusesIsSaidOnceAndLowersTheLevelAchieved() {
        Lanes noIdle = open(Isolation.PACED, Optional.of("sched_setscheduler: Operation not permitted"), NO_BARRIER);
        assertEquals(Isolation.NONE, noIdle.achieved());
        assertEquals(Isolation.PACED, noIdle.asked());
        assertEquals(List.of("challengers run at niceness 10 and not in the idle class (sched_setscheduler: Operation"
                + " not permitted); isolation is none"), refusals);
        refusals.clear();
        assertEquals(Isolation.PRIORITY, open(Isolation.PACED, Optional.empty(), NO_BARRIER).achieved());
        assertEquals(1, refusals.size(), refusals::toString);
        assertTrue(refusals.getFirst().endsWith("(membarrier: Operation not permitted); isolation is priority"));
    }

    @Test
    void nothingIsAskedOfTheSystemThatTheLevelDoesNotNeed() {
        assertEquals(Isolation.NONE, CpuLanes.open(Isolation.NONE, () -> {
            throw new AssertionError("asked for the idle class");
        }, () -> {
            throw new AssertionError("asked for membarrier");
        }, refusals::add).achieved());
        assertEquals(Isolation.PRIORITY, open(Isolation.PRIORITY, Optional.empty(), NO_BARRIER).achieved());
        assertEquals(List.of(), refusals);
    }

    @Test
    void challengersRunInTheIdleClassAndAllJavaInTheNormalOne(@TempDir Path folder) throws Exception {
        Lanes lanes = CpuLanes.open(Isolation.PACED, refusals::add);
        assumeTrue(lanes.achieved() == Isolation.PACED, () -> "the system refuses: " + refusals);
        Path model = Files.write(folder.resolve("identity.onnx"), SyntheticModels.identity(2));
        lanes.challenger().call("test", () -> {
            TaskState own = TaskState.read(ownId()).orElseThrow();
            assertEquals(Scheduling.NORMAL, own.policy());
            assertEquals(5, own.nice());
            try (OrtInstance instance = lanes.challenger().load("test", model, 1, TensorDeclarations.NONE)) {
                int id = assertInstanceOf(RunsOn.IdleClass.class, instance.runsOn()).threadId();
                assertEquals(Scheduling.IDLE, TaskState.read(id).orElseThrow().policy());
            }
            return 0;
        });
        lanes.champion().call("test", () -> {
            TaskState own = TaskState.read(ownId()).orElseThrow();
            assertEquals(Scheduling.NORMAL, own.policy());
            assertEquals(0, own.nice());
            try (OrtInstance instance = lanes.champion().load("test", model, 1, TensorDeclarations.NONE)) {
                assertInstanceOf(RunsOn.Owner.class, instance.runsOn());
            }
            return 0;
        });
    }

    @Test
    void whereThereIsNoIdleClassChallengersRunOnTheirOwnThreadBehindOthers() throws Exception {
        assumeTrue(Scheduling.threadId() instanceof Answer.Granted, "threads have no ids here");
        Lanes lanes = open(Isolation.PACED, Optional.of("no"), NO_BARRIER);
        assertEquals(10, (int) lanes.challenger().call("test", () -> TaskState.read(ownId()).orElseThrow().nice()));
    }

    @Test
    void theThreadsOfAModelAreCountedTogether(@TempDir Path folder) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/task")), "no /proc");
        Lanes lanes = CpuLanes.open(Isolation.NONE, refusals::add);
        Path model = Files.write(folder.resolve("mlp.onnx"), SyntheticModels.mlp(64, 2));
        Lane.Census census = lanes.champion().census();
        DeviceTime time = lanes.champion().call("test", () -> {
            try (OrtInstance instance = lanes.champion().load("test", model, 3, TensorDeclarations.NONE)) {
                for (int i = 0; i < 50; i++) {
                    instance.runAlone(Trial.madeUp(instance.signature()));
                }
                DeviceTime all = census.end();
                assertTrue(all.nanos() > 0, "three threads ran");
                return all;
            }
        });
        assertTrue(time.nanos() > 0, "what has ended stays counted");
    }

    @Test
    void theInstancesOfAModelShareTheCores() {
        Lane champion = CpuLanes.open(Isolation.NONE, refusals::add).champion();
        int cores = Runtime.getRuntime().availableProcessors();
        assertEquals(cores, champion.intraOpThreads(1));
        assertEquals(1, champion.intraOpThreads(2 * cores));
        for (int instances = 1; instances <= cores; instances++) {
            assertTrue(champion.intraOpThreads(instances) * instances <= cores);
        }
        assertEquals(1, open(Isolation.PACED, Optional.empty(), NO_BARRIER).challenger().intraOpThreads(1));
    }

    private static int ownId() {
        return switch (Scheduling.threadId()) {
            case Answer.Granted<Integer>(Integer id) -> id;
            case Answer.Refused<Integer>(String reason) -> throw new AssertionError(reason);
        };
    }
}
