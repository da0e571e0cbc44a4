package dev.understudy.ffm.cuda;

import dev.understudy.ffm.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Uses all that the driver is used for, once and in one order, and closes everything.
final class EveryCall {
    /// The numbers of the scenario, no two alike.
    static final int GREATEST = -5;
    static final int PINNED_BYTES = 4096;
    static final int GATE_VALUE = 77;
    static final Dim3 GRID = new Dim3(11, 12, 13);
    static final Dim3 BLOCK = new Dim3(21, 22, 23);
    static final int SHARED_BYTES = 31;
    static final long[] ARGUMENTS = {0x1122334455667788L, Float.floatToRawIntBits(1.5f), 42};
    static final int CHALLENGERS = 20;

    /// What came back.
    final List<Object> seen = new ArrayList<>();
    /// Where the pinned memory lay.
    long pinned;

    private EveryCall() {}

    /// @throws CudaFailure what the first call that failed answered, after everything was closed again
    /// @throws Refusal     what was refused
    static EveryCall of(Path library) throws CudaFailure, Refusal {
        EveryCall run = new EveryCall();
        CudaDriver driver = granted(CudaDriver.open(library));
        run.seen.addAll(driver.devices());
        run.seen.add(driver.pciBusId(0));
        try (CudaContext context = driver.retainPrimary(0)) {
            run.seen.add(context.priorities());
            run.seen.add(context.memory());
            run.work(context);
            run.partition(context);
            run.seen.add(context.fault());
        }
        return run;
    }

    private void work(CudaContext context) throws CudaFailure {
        try (CudaStream stream = context.createStream(GREATEST);
                CudaEvent start = context.createEvent();
                CudaEvent end = context.createEvent();
                PinnedMemory gate = context.allocatePinned(PINNED_BYTES);
                CudaModule module = context.loadModule("// PTX")) {
            pinned = gate.segment().address();
            seen.add(stream.priority());
            stream.record(start);
            stream.awaitValue(gate, GATE_VALUE);
            module.function("scale").launch(stream, GRID, BLOCK, SHARED_BYTES, ARGUMENTS);
            stream.record(end);
            seen.add(stream.idle());
            seen.add(end.done());
            end.synchronize();
            stream.synchronize();
            seen.add(end.millisSince(start));
        }
    }

    private void partition(CudaContext context) throws CudaFailure, Refusal {
        try (GreenPartition partition = granted(context.partition(CHALLENGERS));
                CudaStream stream = partition.createChallengerStream(-1)) {
            seen.add(partition.challengerMultiprocessors());
            seen.add(partition.championMultiprocessors());
            seen.add(stream.priority());
        }
    }

    static <T> T granted(Answer<T> answer) throws Refusal {
        return switch (answer) {
            case Answer.Granted<T>(T value) -> value;
            case Answer.Refused<T>(String reason) -> throw new Refusal(reason);
        };
    }

    /// Something was refused.
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        final String reason;

        Refusal(String reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
