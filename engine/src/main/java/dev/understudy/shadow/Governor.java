package dev.understudy.shadow;

import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.DeviceLoss;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.Lane;
import dev.understudy.runtime.Lanes;
import java.util.Collection;
import java.util.function.Consumer;

/// How much of the device the challengers of all models get, and when. Thread-safe; [#review] is called by one thread, once a
/// round.
public final class Governor implements AutoCloseable {
    private final Lanes lanes;
    private final HeapBudget heap;
    private final RunMarks marks;
    private final Consumer<DeviceLoss> lost;
    private final LaneWindows windows;
    private final Turnstile<Entrant> turnstile;
    private final ProbeGate probeGate;
    private final Watchdog watchdog;
    private final Maintenance maintenance;
    private volatile BackOff backOff = BackOff.START;
    private long cycleReviewed;

    /// Starts to watch over the lane.
    ///
    /// @param maxDeviceShare share of the device's time that challengers' runs may take together, above 0 to 1
    /// @param heap           what mirrored requests may keep alive
    /// @param marks          where runs are marked
    /// @param lost           told, at least once, when the device is lost; must not block
    public Governor(Lanes lanes, double maxDeviceShare, HeapBudget heap, RunMarks marks, Consumer<DeviceLoss> lost) {
        long nowNanos = System.nanoTime();
        this.lanes = lanes;
        this.heap = heap;
        this.marks = marks;
        this.lost = lost;
        this.windows = new LaneWindows(nowNanos);
        this.turnstile = new Turnstile<>(lanes.champion().activity(), lanes.challenger().activity(),
                new Pacing(lanes.asked(), maxDeviceShare, lanes.units(), windows,
                        nowNanos));
        this.maintenance = new Maintenance(lanes.champion().activity(), lanes.challenger().activity(),
                lanes.givesWay() ? 0 : Maintenance.PAUSE_NANOS);
        this.probeGate = new ProbeGate(lanes.champion().activity(), nowNanos);
        this.watchdog = new Watchdog(turnstile);
    }

    Lane lane() {
        return lanes.challenger();
    }

    /// How long a run may take so that it fits into the champion's gap; of no account where it gives way as soon as the champion
    /// wants on.
    long gapNanos() {
        return lanes.givesWay() ? Long.MAX_VALUE : lanes.champion().activity().expectedGapNanos();
    }

    /// What of the device makes the same model give other digits; empty on the processors.
    public String numerics() {
        return lanes.numerics();
    }

    /// Where latency probes run.
    Lane probeLane() {
        return lanes.probes();
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

    /// What is done in the lane that disturbs more than the lane.
    public Maintenance maintenance() {
        return maintenance;
    }

    /// What an answer that a champion gives now tells of. Without pacing the lane never rests; while a challenger is being loaded
    /// it neither rests nor does what it usually does.
    LaneWindows.Window window() {
        if (!level().paces()) {
            return LaneWindows.Window.ON;
        }
        return maintenance.running() ? LaneWindows.Window.SETTLING : windows.at(System.nanoTime());
    }

    /// Backs off, or goes on, by what the last cycle has shown of every champion.
    public void review(Collection<ShadowFanout> mirrors) {
        review(mirrors, windows.cycle(System.nanoTime()));
    }

    /// The same as of a cycle, which must not go back.
    void review(Collection<ShadowFanout> mirrors, long cycle) {
        if (!level().paces() || cycle == cycleReviewed) {
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
