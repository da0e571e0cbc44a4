package dev.understudy.ffm.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.ffm.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How a device's multiprocessors are taken apart, with a recording driver that splits by eights: not a GPU.
class GreenPartitionTest extends RecordingStage {
    @Test
    void whatIsGrantedIsReadBackAndNotWhatWasAskedFor() throws Exception {
        assertEquals(List.of(24, 108), halves(20));
        assertEquals(List.of(32, 100), halves(32));
    }

    @Test
    void whatTheGreenContextHasCountsAlsoWhereTheSplitSaidOtherwise() throws Exception {
        cuda.tell("recording_granted", 18);
        assertEquals(List.of(18, 108), halves(20));
    }

    @Test
    void bothHalvesComeFromOneSplit() throws Exception {
        halves(20);
        assertEquals(1, cuda.calls().stream().filter(call -> call.startsWith("cuDevSmResourceSplitByCount")).count());
    }

    private static List<Integer> halves(int asked) throws Exception {
        try (CudaContext context = context();
                GreenPartition partition = EveryCall.granted(context.partition(asked))) {
            return List.of(partition.challengerMultiprocessors(), partition.championMultiprocessors());
        }
    }

    @Test
    void aSplitThatLeavesTheChampionNothingOfItsOwnIsRefused() throws Exception {
        cuda.tell("recording_multiprocessors", 24);
        assertEquals(
                "the device's 24 multiprocessors cannot be split into 20 or a few more for challengers and some for"
                        + " the champion",
                refusal(cuda, 20));
        cuda.tell("recording_multiprocessors", 20);
        assertEquals(
                "the device's 20 multiprocessors cannot be split into 19 or a few more for challengers and some for"
                        + " the champion",
                refusal(cuda, 19));
        assertEquals(0, cuda.alive());
    }

    @Test
    void aNumberThatTheDeviceDoesNotHaveIsRefusedBeforeItIsAsked() throws Exception {
        for (int asked : new int[]{-1, 0, 132, 500}) {
            assertEquals(asked + " of the device's 132 multiprocessors cannot be taken apart: 1 to 131 can",
                    refusal(cuda, asked));
        }
        assertEquals(0, cuda.calls().stream().filter(call -> call.startsWith("cuDeviceGetDevResource")).count());
    }

    @Test
    void aDriverWithoutGreenContextsDoesAllElse() throws Exception {
        RecordingLibrary older = RecordingLibrary.compile(folder, "recording-cuda.c", "-DWITHOUT_GREEN_CONTEXTS");
        older.tell("recording_version", 12_020);
        assertEquals("green contexts need a driver for CUDA 12.5 or later; this one is for CUDA 12.2 and lacks"
                + " cuDeviceGetDevResource", refusal(older, 20));
        try (CudaContext context = context(older); CudaStream stream = context.createStream(-2)) {
            assertEquals(-2, stream.priority());
        }
        assertEquals(0, older.alive());
    }

    private static String refusal(RecordingLibrary library, int asked) throws Exception {
        try (CudaContext context = context(library)) {
            return switch (context.partition(asked)) {
                case Answer.Refused<GreenPartition>(String reason) -> reason;
                case Answer.Granted<GreenPartition>(GreenPartition partition) -> {
                    partition.close();
                    throw new AssertionError("granted " + partition.challengerMultiprocessors());
                }
            };
        }
    }
}
