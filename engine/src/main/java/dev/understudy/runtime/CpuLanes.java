package dev.understudy.runtime;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.IdleThread;
import dev.understudy.ffm.Membarrier;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes the two lanes on the processors, with as much isolation as the system grants.
public final class CpuLanes {
    /// Of challengers' Java threads, which only hand over and collect: behind everyone else's, and yet never so far behind
    /// that a safepoint has to wait for them.
    private static final int NICENESS = 5;
    /// Of the same threads where they have to do the runs too, since there is no idle class.
    private static final int NICENESS_INSTEAD = 10;

    private CpuLanes() {}

    /// Makes the lanes, with as much isolation as was asked for and is to be had.
    ///
    /// @param refusals told once, in a sentence, of each thing the system refuses
    public static Lanes open(Isolation asked, Consumer<String> refusals) {
        return open(asked, CpuLanes::tryIdleClass, Membarrier::register, refusals);
    }

    /// The same with another system.
    ///
    /// @param idleClass why there are no threads of the idle class, empty where there are
    static Lanes open(Isolation asked, Supplier<Optional<String>> idleClass,
            Supplier<Answer<Membarrier>> membarrier, Consumer<String> refusals) {
        int cores = Runtime.getRuntime().availableProcessors();
        if (asked == Isolation.PARTITIONED) {
            refusals.accept("only a GPU can be partitioned; isolation is paced at best");
        }
        if (asked == Isolation.NONE) {
            return lanes(new CpuLane("champion", cores, false, 0, () -> {}),
                    new CpuLane("challenger", cores, false, 0, () -> {}), asked, Isolation.NONE);
        }
        Optional<String> refusal = idleClass.get();
        refusal.ifPresent(reason -> refusals.accept("challengers run at niceness " + NICENESS_INSTEAD
                + " and not in the idle class (" + reason + "); isolation is none"));
        // One thread a run, so that the lane adds at most one busy thread.
        CpuLane challenger = new CpuLane("challenger", 1, refusal.isEmpty(),
                refusal.isEmpty() ? NICENESS : NICENESS_INSTEAD, () -> {});
        Isolation achieved = refusal.isEmpty() ? Isolation.PRIORITY : Isolation.NONE;
        Membarrier barrier = null;
        if (asked.paces() && refusal.isEmpty()) {
            switch (membarrier.get()) {
                case Answer.Granted<Membarrier>(Membarrier granted) -> {
                    barrier = granted;
                    achieved = Isolation.PACED;
                }
                case Answer.Refused<Membarrier>(String reason) ->
                    refusals.accept("a champion may wait for a tick of the"
                            + " kernel's where a challenger runs (" + reason + "); isolation is priority");
            }
        }
        return lanes(new CpuLane("champion", cores, false, 0, interrupting(challenger.activity(), barrier)),
                challenger, asked, achieved);
    }

    private static Lanes lanes(CpuLane champion, CpuLane challenger, Isolation asked, Isolation achieved) {
        return new Lanes(champion, challenger, champion, asked, achieved, Runtime.getRuntime().availableProcessors(),
                true, "cpu", "", () -> {});
    }

    /// Why there are no threads of the idle class; empty where there are.
    public static Optional<String> tryIdleClass() {
        return switch (IdleThread.start(OrtInstance.IDLE_THREAD_NAME)) {
            case Answer.Granted<IdleThread>(IdleThread thread) -> {
                thread.close();
                yield Optional.empty();
            }
            case Answer.Refused<IdleThread>(String reason) -> Optional.of(reason);
        };
    }

    /// Makes whatever runs on the other processors look up, if a challenger's run may be among it.
    private static Runnable interrupting(Activity challengers, @Nullable Membarrier barrier) {
        return barrier == null ? () -> {} : () -> {
            if (!challengers.idle()) {
                barrier.interruptOthers();
            }
        };
    }
}
