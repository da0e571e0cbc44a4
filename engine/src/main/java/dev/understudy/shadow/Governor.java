package dev.understudy.shadow;

import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.CpuLane;
import dev.understudy.runtime.CpuLanes;
import dev.understudy.runtime.DeviceLoss;
import dev.understudy.runtime.Isolation;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// How much of the device the challengers of all models get, and when. Thread-safe; [#review] is called by one thread, once a
/// round.
public final class Governor implements AutoCloseable {
    private final CpuLanes lanes;
    private final HeapBudget heap;
    private final RunMarks marks;
    private final Consumer<DeviceLoss> lost;
    private final LaneWindows windows;
    private final Turnstile<Entrant> turnstile;
    private final ProbeGate probeGate;
    private final Watchdog watchdog;
    private final AtomicInteger loading = new AtomicInteger();
    private volatile BackOff backOff = BackOff.START;
    private long cycleReviewed;

    /// Starts to watch over the lane.
    ///
    /// @param maxDeviceShare share of all cores' time that challengers' runs may take together, above 0 to 1
    /// @param heap           what mirrored requests may keep alive
    /// @param marks          where runs are marked
    /// @param lost           told, at least once, when the device is lost; must not block
    public Governor(CpuLanes lanes, double maxDeviceShare, HeapBudget heap, RunMarks marks,
            Consumer<DeviceLoss> lost) {
        long nowNanos = System.nanoTime();
        this.lanes = lanes;
        this.heap = heap;
        this.marks = marks;
        this.lost = lost;
        this.windows = new LaneWindows(nowNanos);
        this.turnstile = new Turnstile<>(lanes.champion().activity(), lanes.challenger().activity(),
                new Pacing(lanes.asked(), maxDeviceShare, Runtime.getRuntime().availableProcessors(), windows,
                        nowNanos));
        this.probeGate = new ProbeGate(lanes.champion().activity(), nowNanos);
        this.watchdog = new Watchdog(turnstile);
    }

    CpuLane lane() {
        return lanes.challenger();
    }

    CpuLane championLane() {
        return lanes.champion();
    }

    /// How latency probes get into the champions' lane.
    ProbeGate probeGate() {
        return probeGate;
    }

    Turnstile<Entrant> turnstile() {
        return turnstile;
    }

    /// What stands around the runs of a challenger.
    Guard guard(ModelVersion challenger) {
        return new Guard(challenger, marks.claim(challenger.sha256()), lost);
    }

    /// What stands around the runs of a champion that is run again.
    Guard guardOfChampion(ModelVersion champion) {
        return new Guard(champion, null, lost);
    }

    HeapBudget heap() {
        return heap;
    }

    /// How challengers are run.
    Isolation level() {
        return lanes.asked();
    }

    /// What keeps challengers off champions, as far as the system grants it.
    public Isolation achieved() {
        return lanes.achieved();
    }

    /// Share of the time in which a challenger's run may be in progress, above 0 to 1.
    public double duty() {
        return backOff.duty();
    }

    /// A challenger is being loaded, tried and calibrated in the lane until then. That takes no turns, since nothing else could
    /// be loaded meanwhile, but it makes way at once for a champion as a run does.
    void loads(CompletableFuture<?> loaded) {
        loading.incrementAndGet();
        lane().activity().began();
        var unused = loaded.whenComplete((done, refused) -> {
            lane().activity().ended(1);
            loading.decrementAndGet();
        });
    }

    /// What an answer that a champion gives now tells of. Without pacing the lane never rests; while a challenger is being loaded
    /// it neither rests nor does what it usually does.
    LaneWindows.Window window() {
        if (level() != Isolation.PACED) {
            return LaneWindows.Window.ON;
        }
        return loading.get() > 0 ? LaneWindows.Window.SETTLING : windows.at(System.nanoTime());
    }

    /// Backs off, or goes on, by what the last cycle has shown of every champion.
    public void review(Collection<ShadowFanout> mirrors) {
        review(mirrors, windows.cycle(System.nanoTime()));
    }

    /// The same as of a cycle, which must not go back.
    void review(Collection<ShadowFanout> mirrors, long cycle) {
        if (level() != Isolation.PACED || cycle == cycleReviewed) {
            return;
        }
        cycleReviewed = cycle;
        boolean hurts = false;
        for (ShadowFanout mirror : mirrors) {
            hurts |= mirror.closeCycle();
        }
        backOff = backOff.after(hurts);
        turnstile.backOff(backOff);
        if (hurts) {
            mirrors.forEach(ShadowFanout::forget);
        }
    }

    /// Ends the watch.
    @Override
    public void close() {
        watchdog.close();
    }
}
